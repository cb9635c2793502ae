import { Check, Flag, MessageSquareText, Star, type LucideIcon } from 'lucide-react';
import type { JSX } from 'react';
import type { EventTag, Tag } from '../../shared/model/tag.ts';
import { visibleText } from './text/visible.ts';

interface TagLook {
  readonly id: Tag;
  readonly label: string;
  /** Key that sets it, and takes it away again. */
  readonly keys: string;
  readonly icon: LucideIcon;
}

/** Each tag's name, key and picture: told apart without colour. */
export const TAG_LOOKS: readonly TagLook[] = [
  { id: 'star', label: 'Star', keys: 'S', icon: Star },
  { id: 'malicious', label: 'Malicious', keys: 'M', icon: Flag },
  { id: 'benign', label: 'Benign', keys: 'B', icon: Check },
];

export const NOTE_ICON = MessageSquareText;

/** The mark of a tag, or of a note alone; the note is its tooltip. Nothing for an event that has neither. */
export function TagMark({ tag, note }: EventTag): JSX.Element | null {
  const look = TAG_LOOKS.find(({ id }) => id === tag);
  if (!look && note === '') return null;
  const { label, icon: Icon } = look ?? { label: 'Note', icon: NOTE_ICON };
  const words = note === '' ? label : `${label}: ${visibleText(note)}`;
  return (
    <span className={`tag-mark tag-${tag ?? 'note'}`} role="img" aria-label={words} title={words}>
      <Icon size={11} strokeWidth={2.25} aria-hidden />
    </span>
  );
}
