import type { Grant, SourceLine } from '../../shared/ipc/contract.ts';

/** What is about to be opened with options: files that were just chosen, or files of the case, to be read anew. */
export type Opening =
  | { readonly kind: 'new'; readonly grants: readonly Grant[] }
  | {
      readonly kind: 'again';
      readonly sources: readonly number[];
      readonly names: readonly string[];
      /** Events of theirs in the case. */
      readonly events: number;
    };

/** How logs are read unless something else is chosen for them. */
export interface Reading {
  readonly recover: boolean;
  /** As `readZone` gives it. */
  readonly zone: string;
}

export const PLAIN_READING: Reading = { recover: false, zone: 'UTC' };

export function openingNames(opening: Opening): readonly string[] {
  return opening.kind === 'new' ? opening.grants.map(({ name }) => name) : opening.names;
}

/** Files of the case to be read anew. */
export function again(sources: readonly SourceLine[]): Opening {
  return {
    kind: 'again',
    sources: sources.map(({ source }) => source),
    names: sources.map(({ name }) => name),
    events: sources.reduce((sum, { events, recovered }) => sum + events + recovered, 0),
  };
}

/** What differs from reading plainly, in words; '' where nothing does. */
export function readingWords({ recover, zone }: Reading): string {
  return [recover && 'with recovery', zone !== 'UTC' && `zone ${zone}`].filter(Boolean).join(', ');
}
