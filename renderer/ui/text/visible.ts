/**
 * Control characters but tab and line breaks, and what is not seen or turns the direction of what follows: bidi
 * controls (Unicode Standard Annex #9), zero-width space, word joiner, byte order mark, soft hyphen. The joiners
 * U+200C and U+200D belong to ordinary words of some scripts and to emoji.
 */
const HIDDEN =
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** First of the pictures for control characters, in the order of these. */
const PICTURES = 0x2400;
const PICTURE_OF_DELETE = '\u2421';

/**
 * A value as it is shown: a character that hides itself or turns the reading order becomes a mark. Names of files are
 * disguised so: `invoice‹U+202E›fdp.exe` would read `invoiceexe.pdf`.
 */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(PICTURES + code);
    if (code === 0x7f) return PICTURE_OF_DELETE;
    return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
  });
}

/** A value in one line: line breaks are shown as ⏎. */
export function lineText(text: string): string {
  return visibleText(text).replace(/\s*[\r\n]+\s*/g, ' ⏎ ');
}
