/**
 * Case folding of the whole product: Unicode simple case folding (CaseFolding.txt, statuses C and S), one code point
 * to one code point. It is what RE2 does under `(?i)`, so that a literal and a regex agree; and a folded text keeps
 * its UTF-16 offsets, so that a match found in it can be shown in the original.
 */

const ASCII = new Uint8Array(128).map((_, unit) => (unit >= 65 && unit <= 90 ? unit + 32 : unit));
const known = new Map<number, number>();

/** Dotless i folds to itself: only Turkic folding (status T) joins it with I. */
const DOTLESS_I = 0x131;

/** Pairs that folding joins though neither is the other's upper or lower case (CaseFolding.txt, Unicode 15.1). */
const EXTRA: ReadonlyMap<number, number> = new Map([
  [0x1fd3, 0x390],
  [0x1fe3, 0x3b0],
  [0xfb05, 0xfb06],
]);

/** The representative of a code point's case class. */
export function foldCodePoint(codePoint: number): number {
  if (codePoint < 128) return ASCII[codePoint] as number;
  let folded = known.get(codePoint);
  if (folded === undefined) {
    folded = EXTRA.get(codePoint) ?? computeFold(codePoint);
    known.set(codePoint, folded);
  }
  return folded;
}

function computeFold(codePoint: number): number {
  if (codePoint === DOTLESS_I) return codePoint;
  const upper = single(String.fromCodePoint(codePoint).toUpperCase()) ?? codePoint;
  const lower = single(String.fromCodePoint(upper).toLowerCase()) ?? upper;
  // ẞ upper-cases to itself and ß to two letters; both fold to ß.
  return lower;
}

function single(text: string): number | undefined {
  const codePoint = text.codePointAt(0);
  return codePoint !== undefined && text.length === (codePoint > 0xffff ? 2 : 1) ? codePoint : undefined;
}

const UPPER_OR_WIDE = /[A-Z\u0080-\uffff]/;

/** Folds each code point of a text; the length in UTF-16 units stays. */
export function foldText(text: string): string {
  if (!UPPER_OR_WIDE.test(text)) return text;
  // eslint-disable-next-line no-control-regex -- the ASCII range is meant
  if (/^[\u0000-\u007f]*$/.test(text)) return text.toLowerCase();
  let folded = '';
  for (const char of text) folded += String.fromCodePoint(foldCodePoint(char.codePointAt(0) as number));
  return folded;
}

/** Half a surrogate pair: with the flag `u` the halves of a whole one are no match. */
const LONE_SURROGATES = /\p{Surrogate}/gu;

/**
 * A text as logs can hold it: half a surrogate pair is U+FFFD, since values are kept in UTF-8, which has no such thing.
 * A rule's value must be made so before it is compared with one.
 */
export function wellFormed(text: string): string {
  return text.replace(LONE_SURROGATES, '\ufffd');
}

/** Hyphen-minus, slash, en dash, em dash, horizontal bar: one and the same under `windash`. */
const DASHES = /[/\u2013\u2014\u2015]/g;

/** Writes every dash of a text as a hyphen; offsets stay. */
export function foldDashes(text: string): string {
  return text.replace(DASHES, '-');
}

/** Splits a folded text at its dashes: the parts that stand in each of its variants. */
export function withoutDashes(text: string): string[] {
  return text.split(/[-/\u2013\u2014\u2015]/);
}

/** The characters that count as one under `windash`. */
const DASH_VARIANTS = ['-', '/', '\u2013', '\u2014', '\u2015'];

/** Every way to write a text's dashes; undefined where there are more than `limit`. */
export function dashVariants(text: string, limit: number): string[] | undefined {
  const parts = withoutDashes(text);
  if (DASH_VARIANTS.length ** (parts.length - 1) > limit) return undefined;
  const [first = '', ...rest] = parts;
  return rest.reduce(
    (heads, part) => heads.flatMap((head) => DASH_VARIANTS.map((dash) => head + dash + part)),
    [first],
  );
}
