/** What an analyst says of an event: worth coming back to, part of the attack, or harmless. */
export const TAGS = ['star', 'malicious', 'benign'] as const;
export type Tag = (typeof TAGS)[number];

/** Longest note on an event, in UTF-16 units. */
export const NOTE_LIMIT = 4000;

/** A tag, a note, or both; an event with neither is not tagged. */
export interface EventTag {
  readonly tag: Tag | null;
  /** '' for none. */
  readonly note: string;
}

export const NO_TAG: EventTag = { tag: null, note: '' };
