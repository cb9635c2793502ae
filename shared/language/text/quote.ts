/** A word that YAML reads as itself, whatever stands around it. */
const PLAIN = /^[A-Za-z_][\w.-]*$/;
const NUMBER = /^(?:0|-?[1-9]\d{0,14})$/;
const RESERVED = /^(?:null|true|false|y|n|yes|no|on|off)$/i;

/**
 * Writes a text as a YAML scalar: plain where nothing can misread it, in double quotes where it has control
 * characters, else in single quotes.
 * @param quote the quote that the author already typed, to be kept where it can hold the text.
 */
export function quoteYaml(text: string, quote: '' | "'" | '"' = ''): string {
  if (quote === '' && (NUMBER.test(text) || (PLAIN.test(text) && !RESERVED.test(text)))) return text;
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const needsEscapes = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.test(text);
  if (quote === '"' || needsEscapes) return JSON.stringify(text).replaceAll('\u007f', '\\x7f');
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * Writes a literal text as a Sigma value: `*` and `?` get a backslash, and a run of backslashes is doubled where a
 * reader would else take part of it as an escape (Sigma specification, "Escaping").
 */
export function escapeSigma(text: string): string {
  return text.replace(
    /(\\*)([*?])|\\{2,}/g,
    (run: string, slashes: string | undefined, wildcard: string | undefined) =>
      wildcard === undefined ? run + run : `${slashes}${slashes}\\${wildcard}`,
  );
}

/** Writes a literal text as a regular expression. */
export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
