import { ScanSearch } from 'lucide-react';
import { useEffect, useId, useMemo, useRef, useState, type JSX } from 'react';
import { detectDialect } from '../../../shared/catalog/detect.ts';
import type { Placeholders } from '../../../shared/catalog/dialects/sigma/detection.ts';
import { engineDiagnostics, mergeDiagnostics } from '../../../shared/language/merge.ts';
import { readOutline } from '../../../shared/language/text/outline.ts';
import type { Diagnostic } from '../../../shared/model/rule.ts';
import type { Span } from '../../../shared/model/span.ts';
import { IconButton } from '../../ui/controls.tsx';
import { countLines } from './counts.ts';
import '@fontsource/jetbrains-mono/latin-700.css';
import './editor.css';
import { LanguageClient } from './worker/language-client.ts';
import type { CheckAnswer, WorkerPort } from './worker/language-protocol.ts';
import { NearMisses } from './NearMisses.tsx';
import { ProblemsList, ProblemsToggle } from './Problems.tsx';
import type { RuleEditor } from './rule-editor.ts';
import type { EditorPaneProps } from './types.ts';

function startWorker(): WorkerPort {
  const worker = new Worker(new URL('./worker/language.worker.ts', import.meta.url), {
    type: 'module',
    name: 'language',
  });
  return {
    postMessage: (request) => worker.postMessage(request),
    listen: (onAnswer, onCrash) => {
      worker.onmessage = (event: MessageEvent<CheckAnswer>) => onAnswer(event.data);
      worker.onerror = (event) => onCrash(event.message || 'the worker failed');
    },
    terminate: () => worker.terminate(),
  };
}

/** Texts remembered on their way out; more are never on the way at once. */
const MOST_SENT = 100;

interface Checked {
  readonly text: string;
  readonly list: readonly Diagnostic[];
}

const NOTHING: Checked = { text: '', list: [] };

/**
 * The rule editor: Monaco on the text, what is wrong with it, and what the last run counted, at its lines.
 * Keys in the text: Ctrl+S saves, F8 and Shift+F8 go through the problems, F2 renames a selection, Ctrl+Space
 * completes, Ctrl+. fixes, Ctrl+M switches whether Tab leaves the editor.
 */
export function EditorPane(props: EditorPaneProps): JSX.Element {
  const { text, fileName, unsaved = false, dark, result, revealSpan, actions, placeholders } = props;
  const latest = useRef(props);
  const host = useRef<HTMLDivElement>(null);
  const shown = useRef<Checked>(NOTHING);
  // Texts that went out and did not come back yet. One that does is an echo, not a change from outside, and the editor
  // may be some keys ahead of it.
  const sent = useRef<readonly string[]>([]);
  const [editor, setEditor] = useState<RuleEditor | null>(null);
  const [loadFault, setLoadFault] = useState('');
  const [open, setOpen] = useState(false);
  const listId = useId();
  const [nearOpen, setNearOpen] = useState(false);
  const nearId = useId();
  const { checked, trouble } = useChecks(text, fileName, placeholders);
  const resultText = useResultText(text, result);

  useEffect(() => {
    latest.current = props;
  });

  const problems = useMemo(() => {
    // What is shown stays until the new text has been checked.
    if (checked?.text !== text) return undefined;
    const theirs = result ? engineDiagnostics(result.diagnostics, resultText, text) : [];
    return { text, list: mergeDiagnostics(checked.list, theirs) };
  }, [checked, text, result, resultText]);
  const [kept, setKept] = useState<Checked>();
  if (problems && problems !== kept) setKept(problems);

  useEffect(() => {
    const element = host.current;
    if (!element) return undefined;
    let isGone = false;
    let created: RuleEditor | undefined;
    void loadEditor().then(
      ({ RuleEditor: Editor, readKnowledge }) => {
        if (isGone) return;
        const now = latest.current;
        created = new Editor(element, {
          text: now.text,
          dark: now.dark,
          onChange: (changed) => {
            sent.current = [...sent.current.slice(1 - MOST_SENT), changed];
            latest.current.onChange(changed);
          },
          onSave: () => latest.current.onSave(),
          knowledge: readKnowledge(),
          fields: () => latest.current.fields,
          valuesOf: (field) => latest.current.valuesOf(field),
          hintsOf: (field, isExcluded) => latest.current.hintsOf(field, isExcluded),
          result: () => latest.current.result,
          problems: () => shown.current,
        });
        setEditor(created);
      },
      (error: unknown) => setLoadFault(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      isGone = true;
      setEditor(null);
      created?.dispose();
    };
  }, []);

  const file = useRef(fileName);
  useEffect(() => {
    if (!editor) return;
    const isNewFile = file.current !== fileName;
    file.current = fileName;
    const echo = isNewFile ? -1 : sent.current.lastIndexOf(text);
    sent.current = echo < 0 ? [] : sent.current.slice(echo + 1);
    if (isNewFile || (echo < 0 && editor.text !== text)) editor.setText(text, isNewFile);
  }, [editor, text, fileName]);
  const isSigma = (detectDialect(text, fileName) ?? 'sigma') === 'sigma';
  useEffect(() => editor?.setLanguage(isSigma), [editor, isSigma]);
  useEffect(() => editor?.setTheme(dark), [editor, dark]);
  useEffect(() => {
    if (!problems) return;
    shown.current = problems;
    editor?.setProblems(problems.list);
  }, [editor, problems]);
  useEffect(() => {
    editor?.setCounts(result ? countLines(readOutline(text), result, resultText, text) : [], resultText !== text);
  }, [editor, result, resultText, text]);
  useEffect(() => {
    if (revealSpan) editor?.reveal(revealSpan, true);
  }, [editor, revealSpan]);

  const go = (span: Span): void => editor?.reveal(span, true);
  return (
    <section className="rule-editor" aria-label="Rule editor">
      <div className="rule-editor-head">
        <h2 className="nowrap" title={fileName}>
          {fileName.split(/[\\/]/).at(-1)}
        </h2>
        {unsaved && (
          <span className="rule-unsaved" title="Not saved">
            <span className="visually-hidden">Not saved</span>
          </span>
        )}
        <span className="spacer" />
        <ProblemsToggle list={kept?.list} open={open} listId={listId} onToggle={() => setOpen(!open)} />
        <IconButton
          icon={ScanSearch}
          label="Near misses: what each part of the rule alone keeps from being hit"
          aria-expanded={nearOpen}
          aria-controls={nearId}
          onClick={() => setNearOpen(!nearOpen)}
        />
        {actions}
      </div>
      <div ref={host} className="rule-editor-text">
        {!editor && loadFault === '' && <pre className="rule-editor-waiting mono">{text}</pre>}
        {loadFault !== '' && (
          <p className="rule-editor-fault" role="alert">
            The editor could not be loaded: {loadFault}. The text is kept.
          </p>
        )}
      </div>
      {trouble !== '' && (
        <p className="rule-editor-fault" role="status">
          {trouble}
        </p>
      )}
      {nearOpen && (
        <NearMisses
          id={nearId}
          text={text}
          result={result}
          nearOf={props.nearOf}
          onGo={go}
          onReplace={props.onChange}
        />
      )}
      {open && <ProblemsList id={listId} text={kept?.text ?? ''} list={kept?.list} onGo={go} />}
    </section>
  );
}

async function loadEditor() {
  const [{ RuleEditor }, { readKnowledge }] = await Promise.all([import('./rule-editor.ts'), import('./knowledge.ts')]);
  return { RuleEditor, readKnowledge };
}

/** Checks the text in the worker as it changes. */
function useChecks(
  text: string,
  fileName: string,
  placeholders: Placeholders,
): {
  checked: Checked | undefined;
  trouble: string;
} {
  const [checked, setChecked] = useState<Checked>();
  const [trouble, setTrouble] = useState('');
  const client = useRef<LanguageClient | null>(null);
  const file = useRef<string | null>(null);
  useEffect(() => {
    const created = new LanguageClient(startWorker, {
      onChecked: (of, list) => setChecked({ text: of, list }),
      onTrouble: setTrouble,
    });
    client.current = created;
    return () => {
      client.current = null;
      file.current = null;
      created.dispose();
    };
  }, []);
  useEffect(() => {
    client.current?.check({ text, fileName, placeholders }, file.current !== fileName);
    file.current = fileName;
  }, [text, fileName, placeholders]);
  return { checked, trouble };
}

/** The text that the last result is of: what stood in the editor when it came. */
function useResultText(text: string, result: EditorPaneProps['result']): string {
  const [known, setKnown] = useState({ result, text });
  if (known.result !== result) setKnown({ result, text });
  return known.result === result ? known.text : text;
}
