import type { JSX } from 'react';
import { levelRank, type Level } from '../../shared/model/severity.ts';

/** Outline of each level's shape in a 10 by 10 box: told apart without colour. */
const SHAPES: Readonly<Record<Level, JSX.Element>> = {
  critical: <path d="M5 0.3 9.7 5 5 9.7 0.3 5Z" fill="currentColor" />,
  high: <path d="M5 0.8 9.8 9.2H0.2Z" fill="currentColor" />,
  medium: <circle cx="5" cy="5" r="4" fill="currentColor" />,
  low: <circle cx="5" cy="5" r="3.3" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  informational: <circle cx="5" cy="5" r="1.6" fill="currentColor" />,
};

const LABELS: Readonly<Record<Level, string>> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  informational: 'Informational',
};

/** A level's name, sentence case. */
export function levelLabel(level: Level): string {
  return LABELS[level];
}

/** The mark of a level: shape and colour, with its name for readers. `label: false` where the name stands beside. */
export function Severity({ level, label = true }: { readonly level: Level; readonly label?: boolean }): JSX.Element {
  const name = label ? ({ role: 'img', 'aria-label': LABELS[level] } as const) : ({ 'aria-hidden': true } as const);
  return (
    <svg className={`sev sev-${level}`} width="10" height="10" viewBox="0 0 10 10" {...name}>
      {SHAPES[level]}
    </svg>
  );
}

/** The shape alone, for drawing inside another picture. */
export function severityShape(level: Level): JSX.Element {
  return SHAPES[level];
}

/** More severe first. */
export function bySeverity(a: Level, b: Level): number {
  return levelRank(b) - levelRank(a);
}
