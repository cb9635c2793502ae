import { useEffect, useMemo, useRef, type JSX } from 'react';
import { positionAt, type Span } from '../../../../shared/model/span.ts';
import { cutAt, lineNumbers } from './wanted.ts';

/** A rule's file with line numbers, read-only; the place is marked and brought into sight. */
export function SourceText(props: {
  readonly text: string;
  readonly place: Span | null;
  readonly file: string;
  /** Whether the place was asked for: then the page around scrolls to it too. */
  readonly isAsked: boolean;
}): JSX.Element {
  const { text, place, file, isAsked } = props;
  const box = useRef<HTMLDivElement | null>(null);
  const mark = useRef<HTMLElement | null>(null);
  const numbers = useMemo(() => lineNumbers(text), [text]);
  const [before, marked, after] = useMemo(() => (place ? cutAt(text, place) : [text, '', '']), [text, place]);
  useEffect(() => {
    const [outer, inner] = [box.current, mark.current];
    if (!outer || !inner) return;
    const top = inner.getBoundingClientRect().top - outer.getBoundingClientRect().top + outer.scrollTop;
    outer.scrollTop = Math.max(0, top - outer.clientHeight / 3);
    if (isAsked) outer.scrollIntoView({ block: 'nearest' });
  }, [before, marked, isAsked]);
  return (
    <div ref={box} className="cat-source mono selectable" role="region" aria-label={`Source of ${file}`} tabIndex={0}>
      <pre className="cat-numbers" aria-hidden>
        {numbers}
      </pre>
      <pre>
        {before}
        {marked !== '' && (
          <mark ref={mark} aria-label={`Line ${positionAt(text, place?.start ?? 0).line}`}>
            {marked}
          </mark>
        )}
        {after}
      </pre>
    </div>
  );
}
