import { useMemo, type JSX } from 'react';
import { ListBox, ListBoxItem } from 'react-aria-components';
import type { RuleLine } from '../../../shared/ipc/contract.ts';
import { useUi, useWorkspace } from '../../state/context.ts';
import { useLive } from '../../state/use-live.ts';
import { count, counted } from '../../ui/text/format.ts';
import { bySeverity, levelLabel, Severity } from '../../ui/severity.tsx';
import './triage.css';

/** Rules that hit, most severe first; a choice shows only that rule's events. Below them, those that say nothing. */
export function HitsView(): JSX.Element {
  const workspace = useWorkspace();
  const { value: rules, fault } = useLive('rules.list', {});
  const of = useUi((state) => state.filter.of);
  const groups = useMemo(() => grouped(rules ?? []), [rules]);
  return (
    <section className="pane" aria-label="Hits">
      <header className="pane-head">
        <h2>Hits</h2>
        {groups.enabled > 0 && (
          <span className="soft nowrap">
            {counted(groups.hits.length, 'rule')} of {count(groups.enabled)} enabled
          </span>
        )}
      </header>
      <div className="pane-body" data-pane-focus="side">
        {fault && <p className="detail-note">The rules could not be listed: {fault.message}</p>}
        {rules && groups.hits.length === 0 && <NoHits groups={groups} />}
        {groups.hits.length > 0 && (
          <ListBox
            className="hit-list"
            aria-label="Rules with hits"
            items={groups.hits.map((rule) => ({ id: rule.rule, rule }))}
            selectionMode="single"
            selectedKeys={of.kind === 'rule' ? [of.rule] : []}
            onSelectionChange={(keys) => {
              const chosen = keys === 'all' ? undefined : [...keys][0];
              workspace.setFilter((filter) => ({
                ...filter,
                of: chosen === undefined ? { kind: 'hits' } : { kind: 'rule', rule: String(chosen) },
              }));
            }}
          >
            {({ id, rule }) => (
              <ListBoxItem id={id} textValue={rule.title} className="hit-row">
                <Severity level={rule.level} />
                <span className="hit-title" title={`${levelLabel(rule.level)}: ${rule.title}`}>
                  <span>{rule.title}</span>
                  <small>{rule.techniques.join(' ')}</small>
                </span>
                <span className="number" title={counted(rule.hits, 'hit')}>
                  {count(rule.hits)}
                </span>
                <span className="number soft">{counted(rule.hosts, 'host')}</span>
              </ListBoxItem>
            )}
          </ListBox>
        )}
        <Unable title="Could not run" rules={groups.notRun} reasonOf={(rule) => rule.notRun[0]?.message ?? ''} />
        <Unable
          title="Cannot fire on these logs"
          rules={groups.cannotFire}
          reasonOf={(rule) => rule.cannotFire ?? ''}
        />
      </div>
    </section>
  );
}

interface Groups {
  readonly enabled: number;
  readonly hits: readonly RuleLine[];
  readonly notRun: readonly RuleLine[];
  readonly cannotFire: readonly RuleLine[];
}

function grouped(rules: readonly RuleLine[]): Groups {
  const enabled = rules.filter((rule) => rule.enabled);
  return {
    enabled: enabled.length,
    hits: enabled
      .filter((rule) => rule.hits > 0)
      .sort((a, b) => bySeverity(a.level, b.level) || b.hits - a.hits || a.title.localeCompare(b.title)),
    notRun: enabled.filter((rule) => rule.notRun.length > 0),
    cannotFire: enabled.filter((rule) => rule.cannotFire !== null && rule.notRun.length === 0),
  };
}

function NoHits({ groups }: { readonly groups: Groups }): JSX.Element {
  const workspace = useWorkspace();
  const ran = groups.enabled - groups.notRun.length;
  return (
    <div className="empty">
      <h3>{groups.enabled === 0 ? 'No rules are loaded' : 'No hits'}</h3>
      <p>
        {groups.enabled === 0
          ? 'Load a folder of rules, or the starter rules, to see what they find in the open logs.'
          : `${counted(ran, 'rule')} ran over the open logs and matched nothing. ${counted(groups.cannotFire.length, 'of them', 'of them')} could not have fired: see below.`}
      </p>
      <div className="row">
        <button type="button" className="button primary" onClick={() => void workspace.case.loadRules(true)}>
          Open a rule folder
        </button>
        <button type="button" className="button" onClick={() => void workspace.case.loadStarterRules()}>
          Load starter rules
        </button>
      </div>
    </div>
  );
}

interface UnableProps {
  readonly title: string;
  readonly rules: readonly RuleLine[];
  readonly reasonOf: (rule: RuleLine) => string;
}

/** Rules that have no say, each with the reason; a click opens the rule where the reason is. */
function Unable({ title, rules, reasonOf }: UnableProps): JSX.Element | null {
  const workspace = useWorkspace();
  if (rules.length === 0) return null;
  return (
    <details className="unable" open={rules.length <= 20}>
      <summary>
        {title} <span className="soft">({count(rules.length)})</span>
      </summary>
      <ul>
        {rules.map((rule) => (
          <li key={rule.rule}>
            <button
              type="button"
              className="link"
              onClick={() => void workspace.draft.openRule(rule.rule, rule.notRun[0]?.span)}
            >
              {rule.title}
            </button>
            <div className="soft">{reasonOf(rule)}</div>
            <div className="faint mono nowrap">{rule.file}</div>
          </li>
        ))}
      </ul>
    </details>
  );
}
