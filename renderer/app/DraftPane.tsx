import { BookOpenText, FilePlus2, Save, X } from 'lucide-react';
import { lazy, Suspense, useCallback, useEffect, useMemo, type JSX } from 'react';
import { readPlaceholders } from '../../shared/catalog/dialects/sigma/placeholders.ts';
import type { FieldValue } from '../features/editor/types.ts';
import { useUi, useWorkspace } from '../state/context.ts';
import { taggedTechniques } from '../state/catalog-state.ts';
import { isDraftChanged } from '../state/draft.ts';
import { openEvents, isDark } from '../state/ui-state.ts';
import { useLive } from '../state/use-live.ts';
import { IconButton } from '../ui/controls.tsx';
import { count, counted } from '../ui/text/format.ts';
import { unfoldPanel } from '../ui/panels.ts';
import { Severity } from '../ui/severity.tsx';

/** Monaco is large: it comes when a rule is first opened. */
const EditorPane = lazy(async () => ({ default: (await import('../features/editor/EditorPane.tsx')).EditorPane }));

const NO_FIELDS: readonly string[] = [];

/** The rule in the editor, and above it what it finds in the open events. */
export function DraftPane(): JSX.Element {
  // Whoever opens a rule wants to see it.
  useEffect(() => {
    // Once the group of panels knows this one.
    const frame = requestAnimationFrame(() => {
      unfoldPanel('side');
    });
    return () => {
      cancelAnimationFrame(frame);
    };
  }, []);
  return (
    <section className="pane draft" aria-label="Draft">
      <DraftOutcome />
      <div className="draft-editor" data-pane-focus="side">
        <Suspense fallback={<EditorSkeleton />}>
          <Editor />
        </Suspense>
      </div>
    </section>
  );
}

function EditorActions(): JSX.Element {
  const workspace = useWorkspace();
  const techniques = useUi((state) => taggedTechniques(state.draft.text).join(' '));
  return (
    <>
      {techniques
        .split(' ')
        .filter((id) => id !== '')
        .map((id) => (
          <button
            key={id}
            type="button"
            className="button quiet"
            aria-label={`Guide to ${id}`}
            title={`Show what other rules for ${id} look for`}
            onClick={() => workspace.catalog.show({ kind: 'technique', id })}
          >
            <BookOpenText size={14} aria-hidden /> {id}
          </button>
        ))}
      <IconButton icon={FilePlus2} label="New rule" keys="Ctrl+N" onClick={() => void workspace.draft.startNew()} />
      <IconButton icon={Save} label="Save rule" keys="Ctrl+S" onClick={() => void workspace.draft.save()} />
      <IconButton icon={X} label="Close rule" onClick={() => void workspace.draft.close()} />
    </>
  );
}

function Editor(): JSX.Element {
  const workspace = useWorkspace();
  const draft = useUi((state) => state.draft);
  const dark = useUi(isDark);
  const lists = useUi((state) => state.placeholders);
  const placeholders = useMemo(() => readPlaceholders(lists).lists, [lists]);
  // Of all events, not of the draft's hits: what is completed should not depend on what is hit already.
  const view = useUi((state) => state.context?.view ?? null);
  const { value: found } = useLive('view.fields', view === null ? null : { view });
  const fields = useMemo(() => found?.map((f) => f.field) ?? NO_FIELDS, [found]);
  const onChange = useCallback(
    (text: string) => {
      workspace.draft.edit(text);
    },
    [workspace],
  );
  const onSave = useCallback(() => void workspace.draft.save(), [workspace]);
  const valuesOf = useCallback(
    async (field: string): Promise<readonly FieldValue[]> => {
      const open = workspace.store.getState().context;
      if (!open) return [];
      const result = await workspace.api.call('view.values', { view: open.view, field, limit: 50, rarestFirst: false });
      return result.ok ? result.value.values : [];
    },
    [workspace],
  );
  const hintsOf = useCallback(
    (field: string | undefined, isExcluded: boolean) => workspace.draft.hints.of(field, isExcluded),
    [workspace],
  );
  const nearOf = useCallback((text: string) => workspace.draft.near(text), [workspace]);
  // The catalog is there by the time that it is asked while writing.
  useEffect(() => void hintsOf(undefined, false), [hintsOf]);
  return (
    <EditorPane
      text={draft.text}
      fileName={draft.name}
      unsaved={isDraftChanged(draft)}
      actions={<EditorActions />}
      dark={dark}
      result={draft.result}
      placeholders={placeholders}
      onChange={onChange}
      onSave={onSave}
      fields={fields}
      valuesOf={valuesOf}
      hintsOf={hintsOf}
      nearOf={nearOf}
      {...(draft.reveal ? { revealSpan: draft.reveal } : {})}
    />
  );
}

/** Hits, candidates and time of the last run; stale figures stay, greyed, while the next run is under way. */
function DraftOutcome(): JSX.Element {
  const workspace = useWorkspace();
  const { result, running, fault } = useUi((state) => state.draft);
  const showsHits = useUi((state) => state.filter.of.kind === 'draft');
  const hasEvents = useUi((state) => openEvents(state) > 0);
  const level = result?.rules[0]?.level;
  const takesAway = result?.rules.find((rule) => rule.takesAway !== undefined)?.takesAway;
  const silent = result?.rules.find((rule) => rule.cannotFire !== null)?.cannotFire;
  return (
    <div className={`draft-outcome${running ? ' is-running' : ''}`} role="status" aria-label="Draft result">
      <div className="pane-head">
        {fault ? (
          <span className="tone-bad nowrap">The draft did not run: {fault.message}</span>
        ) : result === null ? (
          <span className="soft">{hasEvents ? 'Running…' : 'No events are open: nothing to run on'}</span>
        ) : result.rules.every((rule) => rule.hits === null) ? (
          <span className="tone-bad nowrap">
            Could not run: {result.diagnostics.find((d) => d.severity === 'error')?.message ?? 'no rule in the text'}
          </span>
        ) : (
          <>
            {level && <Severity level={level} />}
            <b>{counted(result.hits, 'hit')}</b>{' '}
            <span className="soft nowrap">
              {result.progress
                ? `so far · ${Math.floor((100 * result.progress.done) / result.progress.total)}% of the events seen`
                : `${takesAway === undefined ? '' : `· takes ${counted(takesAway, 'hit')} of loaded rules away `}of ${counted(result.candidates, 'candidate')}`}
              {!result.progress && <span aria-hidden> · {count(Math.max(1, result.elapsedMs))} ms</span>}
            </span>
          </>
        )}
        <span className="spacer" />
        <label className="switch" title="Show only the draft's hits (Ctrl+Shift+H)">
          <input
            type="checkbox"
            aria-label="Show draft hits"
            checked={showsHits}
            onChange={(event) => {
              workspace.draft.showHits(event.target.checked);
            }}
          />
          Only hits
        </label>
      </div>
      {silent && <p className="draft-silent soft">Cannot fire: {silent}</p>}
    </div>
  );
}

function EditorSkeleton(): JSX.Element {
  return (
    <div className="draft-skeleton" aria-hidden>
      {[40, 62, 30, 55, 48, 70, 36].map((width, i) => (
        <span key={i} className="skeleton" style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}
