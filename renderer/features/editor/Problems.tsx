import { CircleX, Info, TriangleAlert } from 'lucide-react';
import type { JSX } from 'react';
import type { Diagnostic } from '../../../shared/model/rule.ts';
import { positionAt, type Span } from '../../../shared/model/span.ts';
import { counted } from '../../ui/text/format.ts';

/** The number of problems by severity, once the text was checked; opens and closes their list. */
export function ProblemsToggle({
  list,
  open,
  listId,
  onToggle,
}: {
  /** Undefined while no text was checked yet. */
  readonly list: readonly Diagnostic[] | undefined;
  readonly open: boolean;
  readonly listId: string;
  readonly onToggle: () => void;
}): JSX.Element {
  const count = (severity: Diagnostic['severity']): number =>
    list?.filter((each) => each.severity === severity).length ?? 0;
  const errors = count('error');
  const warnings = count('warning');
  const infos = count('info');
  const words =
    list === undefined ? 'Not checked yet' : list.length === 0 ? 'No problems' : counted(list.length, 'problem');
  return (
    <button
      type="button"
      className="button quiet rule-problems-toggle"
      aria-expanded={open}
      aria-controls={listId}
      title={`${words}: ${open ? 'hide' : 'show'} the list (F8 goes to the next one)`}
      onClick={onToggle}
    >
      <span className="visually-hidden">{words}</span>
      {errors + warnings + infos === 0 && <span aria-hidden>{words}</span>}
      {errors > 0 && (
        <span className="rule-problem error" aria-hidden>
          <CircleX size={13} /> {errors}
        </span>
      )}
      {warnings > 0 && (
        <span className="rule-problem warning" aria-hidden>
          <TriangleAlert size={13} /> {warnings}
        </span>
      )}
      {infos > 0 && (
        <span className="rule-problem info" aria-hidden>
          <Info size={13} /> {infos}
        </span>
      )}
    </button>
  );
}

/** What is wrong with the text, in the order of the text; choosing one goes to its place. */
export function ProblemsList({
  id,
  text,
  list,
  onGo,
}: {
  readonly id: string;
  /** The text that the problems are of. */
  readonly text: string;
  /** Undefined while no text was checked yet. */
  readonly list: readonly Diagnostic[] | undefined;
  readonly onGo: (span: Span) => void;
}): JSX.Element {
  return (
    <ul id={id} className="rule-problems" aria-label="Problems">
      {list === undefined && <li className="rule-problems-none faint">This text is not checked yet.</li>}
      {list?.length === 0 && <li className="rule-problems-none faint">No problems in this text.</li>}
      {list?.map((problem) => {
        const { line, column } = positionAt(text, problem.span.start);
        return (
          <li key={`${problem.code}@${String(problem.span.start)}-${String(problem.span.end)}`}>
            <button type="button" title={`${problem.message} (${problem.code})`} onClick={() => onGo(problem.span)}>
              <ProblemSign severity={problem.severity} />
              <span className="message">{problem.message}</span>
              <span className="place">
                {line}:{column}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** The sign of a severity: shape and colour. */
function ProblemSign({ severity }: { readonly severity: Diagnostic['severity'] }): JSX.Element {
  switch (severity) {
    case 'error':
      return <CircleX size={13} className="rule-problem error" aria-label="Error" />;
    case 'warning':
      return <TriangleAlert size={13} className="rule-problem warning" aria-label="Warning" />;
    case 'info':
      return <Info size={13} className="rule-problem info" aria-label="Advice" />;
  }
}
