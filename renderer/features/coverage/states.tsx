import type { JSX } from 'react';
import type { TechniqueState } from '../../../shared/catalog/coverage/states.ts';

/** A state's shape in a 10 by 10 box: told apart without colour. */
const SHAPES: Readonly<Record<TechniqueState, JSX.Element>> = {
  hit: <path d="M5 0.3 9.7 5 5 9.7 0.3 5Z" fill="currentColor" />,
  ready: <circle cx="5" cy="5" r="4" fill="currentColor" />,
  absent: (
    <circle cx="5" cy="5" r="3.5" fill="none" stroke="currentColor" strokeWidth="1.4" strokeDasharray="2.2 1.5" />
  ),
  unknown: <path d="M1.5 5h7" stroke="currentColor" strokeWidth="1.6" />,
  none: <circle cx="5" cy="5" r="1.2" fill="currentColor" />,
};

const WORDS: Readonly<Record<TechniqueState, string>> = {
  hit: 'Hits',
  ready: 'Ready, no hit',
  absent: 'Events absent',
  unknown: 'Cannot tell',
  none: 'No rule',
};

const MEANINGS: Readonly<Record<TechniqueState, string>> = {
  hit: 'At least one rule hits the open logs',
  ready: 'A kind of event that its rules read is open: they could hit, and do not',
  absent: 'Rules exist, but none of the events that they read is open: no hit says nothing',
  unknown: 'Rules exist, but nothing says which events they read, or no logs are open',
  none: 'No rule of the catalog is tagged with it',
};

/** A state in a word or two. */
export function stateWords(state: TechniqueState): string {
  return WORDS[state];
}

/** What a state means, in a sentence. */
export function stateMeaning(state: TechniqueState): string {
  return MEANINGS[state];
}

/** The mark of a state; its name stands beside it or in a label. */
export function StateMark({ state }: { readonly state: TechniqueState }): JSX.Element {
  return (
    <svg className={`cov-mark state-${state}`} width="10" height="10" viewBox="0 0 10 10" aria-hidden>
      {SHAPES[state]}
    </svg>
  );
}
