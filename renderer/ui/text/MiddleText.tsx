import type { JSX } from 'react';
import { lineText } from './visible.ts';

/** A path in a place of any width: cut before its last part, where it is cut at all. */
export function MiddleText({ text: value }: { readonly text: string }): JSX.Element {
  const text = lineText(value);
  const slash = Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\'), 0);
  // A text without parts is cut at its end: it is all head.
  const at = slash === 0 ? text.length : slash;
  return (
    <span className="middle">
      <span className="head">{text.slice(0, at)}</span>
      <span className="tail">{text.slice(at)}</span>
    </span>
  );
}
