import { useEffect, useMemo, useState, type JSX } from 'react';
import type { CallOutput, DraftResult } from '../../../shared/ipc/contract.ts';
import { commentOut } from '../../../shared/language/comment-out.ts';
import { applyEdits } from '../../../shared/language/rename.ts';
import { positionAt, type Span } from '../../../shared/model/span.ts';
import { count } from '../../ui/text/format.ts';

type Parts = CallOutput<'draft.near'>['parts'];

/** Parts of the rule, and the text that they were counted for. */
interface Counted {
  readonly text: string;
  readonly parts: Parts;
}

/**
 * What each part of the rule alone keeps from being hit: tests that nearly all else passes, and what a filter takes
 * away. Choosing a line goes to its place; a test can be left out, as a comment, which undo takes back.
 */
export function NearMisses({
  id,
  text,
  result,
  nearOf,
  onGo,
  onReplace,
}: {
  readonly id: string;
  readonly text: string;
  /** Of the last run; each new one counts anew. */
  readonly result: DraftResult | null;
  /** Undefined where it could not be counted, or a newer question came. */
  readonly nearOf: (text: string) => Promise<Parts | undefined>;
  readonly onGo: (span: Span) => void;
  readonly onReplace: (text: string) => void;
}): JSX.Element {
  const [found, setFound] = useState<Counted>();
  useEffect(() => {
    if (result?.progress) return undefined;
    let isGone = false;
    void nearOf(text).then((parts) => {
      if (!isGone && parts) setFound({ text, parts });
    });
    return () => {
      isGone = true;
    };
    // The text of a new result is the one that it is of.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [result, nearOf]);
  const edits = useMemo(
    () => found?.parts.map(({ part, span }) => (part === 'test' ? commentOut(found.text, span) : undefined)) ?? [],
    [found],
  );
  const isStale = found?.text !== text;
  return (
    <ul id={id} className={`rule-near${isStale ? ' is-stale' : ''}`} aria-label="Near misses">
      {found === undefined && <li className="rule-near-none faint">Counting…</li>}
      {found?.parts.length === 0 && (
        <li className="rule-near-none faint">
          No part of the rule stands beside others: there is nothing to miss nearly.
        </li>
      )}
      {found?.parts.map(({ part, span, events }, i) => {
        const edit = edits[i];
        const { line } = positionAt(found.text, span.start);
        return (
          <li key={`${String(span.start)}-${String(span.end)}`}>
            <button type="button" className="go" disabled={isStale} onClick={() => onGo(span)}>
              <span className="place">{line}</span>
              <span className="mono nowrap written">{asOneLine(found.text, span)}</span>
              <span className={events === 0 ? 'faint' : ''}>
                {part === 'test' ? `+${count(events)} without it` : `takes ${count(events)} away`}
              </span>
            </button>
            {edit && events > 0 && (
              <button
                type="button"
                className="button quiet"
                disabled={isStale}
                title="Turn this test into a comment; undo takes it back"
                onClick={() => onReplace(applyEdits(found.text, [edit]))}
              >
                Leave out
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** What is written at a place, as one line. */
function asOneLine(text: string, { start, end }: Span): string {
  return text
    .slice(start, end)
    .split('\n')
    .map((line) => line.trim())
    .join(' ')
    .trim();
}
