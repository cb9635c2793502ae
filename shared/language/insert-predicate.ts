import type { Op } from '../model/predicate.ts';
import type { Span } from '../model/span.ts';
import { childrenOf, lastLineOf, readOutline, type Outline, type OutlineLine } from './text/outline.ts';
import { escapeSigma, quoteYaml } from './text/quote.ts';
import { selectionsOf } from './text/selections.ts';

/** A test as a rule would write it. */
export interface WantedPredicate {
  readonly field: string;
  readonly op: Op;
  readonly value: string;
}

/** Sigma's modifier of each operator (specification 2.1); undefined where it has none. */
const MODIFIERS: Readonly<Partial<Record<Op, string>>> = {
  eq: '',
  wildcard: '',
  is_null: '',
  is_not_null: '|exists',
  contains: '|contains',
  starts_with: '|startswith',
  ends_with: '|endswith',
  match: '|re',
  cidr: '|cidr',
  gt: '|gt',
  gte: '|gte',
  lt: '|lt',
  lte: '|lte',
  eq_field: '|fieldref',
};

/** The key of a test, such as `Image|endswith`; undefined where Sigma cannot say it. */
export function sigmaKey({ field, op }: Pick<WantedPredicate, 'field' | 'op'>): string | undefined {
  const modifier = MODIFIERS[op];
  return modifier === undefined ? undefined : `${field}${modifier}`;
}

/** The value of a test as Sigma writes it, with its escapes, before YAML quotes it. */
export function sigmaText({ op, value }: Pick<WantedPredicate, 'op' | 'value'>): string {
  switch (op) {
    case 'eq':
    case 'contains':
    case 'starts_with':
    case 'ends_with':
      return escapeSigma(value);
    default:
      return value;
  }
}

/** The value of a test as YAML. */
export function sigmaValue(wanted: WantedPredicate): string {
  switch (wanted.op) {
    case 'is_null':
      return 'null';
    case 'is_not_null':
      return 'true';
    default:
      return quoteYaml(sigmaText(wanted));
  }
}

/** A test as one line of a selection; undefined where Sigma cannot say it. */
export function sigmaLine(wanted: WantedPredicate): string | undefined {
  const key = sigmaKey(wanted);
  return key === undefined ? undefined : `${key}: ${sigmaValue(wanted)}`;
}

/** A changed text, and where the new part stands in it. */
export interface Inserted {
  readonly text: string;
  readonly span: Span;
}

/** Names of selections that take events out. */
export const FILTER_NAME = /^(?:filter|exclu|falsepos|fp_)/i;

/**
 * Puts a test into the first rule of a text: as a further value where a selection has the same key, else as a new line
 * of the first selection that is a map and no filter. Gives undefined where there is no such place.
 */
export function insertPredicate(text: string, wanted: WantedPredicate): Inserted | undefined {
  const key = sigmaKey(wanted);
  if (key === undefined) return undefined;
  const outline = readOutline(text);
  const maps = selectionsOf(outline, 0)
    .filter(({ name }) => !FILTER_NAME.test(name))
    .map(({ line, lastLine }) => ({ line, lastLine, children: childrenOf(outline, line.index, 0) }))
    .filter(({ children }) => children.every((child) => child.dashes.length === 0 && child.key !== undefined));
  const value = sigmaValue(wanted);
  for (const { children } of maps) {
    const same = children.find((child) => child.key?.text === key);
    const added = same && addValue(outline, same, value);
    if (added) return added;
  }
  const [first] = maps;
  if (!first) return undefined;
  const indent = first.children[0]?.column ?? first.line.column + 4;
  return insertLine(outline, first.lastLine, `${' '.repeat(indent)}${key}: ${value}`);
}

/** One more value of a key: in its list, or in a list that is made of the one it has. */
function addValue(outline: Outline, line: OutlineLine, value: string): Inserted | undefined {
  const { text } = outline;
  const written = line.value;
  if (!written) {
    const last = lastLineOf(outline, line);
    const items = childrenOf(outline, line.index, line.document);
    const column = items[0]?.dashes[0];
    return column === undefined ? undefined : insertLine(outline, last, `${' '.repeat(column)}- ${value}`);
  }
  const old = text.slice(written.span.start, written.span.end);
  if (lastLineOf(outline, line).index !== line.index || old.startsWith('[') || old.startsWith('|')) return undefined;
  const br = lineBreak(text);
  const indent = `${br}${' '.repeat(line.column + 2)}- `;
  const before = text.slice(0, written.span.start).replace(/ +$/, '');
  const list = `${indent}${old}${indent}${value}`;
  const end = before.length + list.length;
  return { text: before + list + text.slice(written.span.end), span: { start: end - value.length, end } };
}

function insertLine({ text }: Outline, after: OutlineLine, content: string): Inserted {
  const br = lineBreak(text);
  const start = after.end + br.length + (content.length - content.trimStart().length);
  return {
    text: text.slice(0, after.end) + br + content + text.slice(after.end),
    span: { start, end: after.end + br.length + content.length },
  };
}

function lineBreak(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}
