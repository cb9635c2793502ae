/** Keys as text, such as `Ctrl+Shift+O`. Ctrl stands for the Command key on a Mac. */

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

const NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  Escape: 'Esc',
  ' ': 'Space',
};

/** The text of a key press. Shift is not named where it only makes another character (`?`). */
export function chordOf(press: KeyPress): string {
  const isLetter = /^[a-z]$/i.test(press.key);
  const named = press.key.length > 1;
  const parts = [
    (press.ctrlKey || press.metaKey) && 'Ctrl',
    press.altKey && 'Alt',
    press.shiftKey && (isLetter || named) && 'Shift',
    NAMES[press.key] ?? (isLetter ? press.key.toUpperCase() : press.key),
  ];
  return parts.filter(Boolean).join('+');
}

/** Whether a key goes to the text that is being written: then single letters are no shortcuts. */
export function isTextKey(chord: string): boolean {
  return !/^(Ctrl|Alt)\+/.test(chord) && !/^F\d+$/.test(chord) && !/\+F\d+$/.test(chord);
}

/** Keys as shown to a user of the platform (`darwin`, `win32`, `linux`). */
export function shownKeys(chord: string, platform: string): string {
  if (platform !== 'darwin') return chord;
  const signs: Readonly<Record<string, string>> = { Ctrl: '⌘', Shift: '⇧', Alt: '⌥' };
  return chord
    .split('+')
    .map((part) => signs[part] ?? part)
    .join('');
}
