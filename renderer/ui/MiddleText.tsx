import type { JSX } from 'react';

/** A path in a place of any width: cut before its last part, where it is cut at all. */
export function MiddleText({ text }: { readonly text: string }): JSX.Element {
  const at = Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\'), 0);
  return (
    <span className="middle">
      <span className="head">{text.slice(0, at)}</span>
      <span className="tail">{text.slice(at)}</span>
    </span>
  );
}
