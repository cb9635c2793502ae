import type { Span } from '../../../../model/span.ts';
import { SyntaxFault } from '../../../syntax/cursor.ts';
import { kqlTokens, type KqlToken } from './tokens.ts';

/** A value of a table, and where it stands. */
export interface TableValue {
  readonly text: string;
  readonly span: Span;
}

/** A table that a query holds itself. */
export interface DataTable {
  readonly columns: readonly string[];
  /** Row by row, as written. */
  readonly values: readonly TableValue[];
}

/**
 * Reads `datatable(Name:string, Port:int)["ssh", 22, "rdp", 3389]`. Undefined where a value is no plain constant.
 * @param span of the text in the query.
 */
export function readDataTable(text: string, span: Span): DataTable | undefined {
  let tokens: readonly KqlToken[];
  try {
    tokens = kqlTokens(text);
  } catch (error) {
    if (error instanceof SyntaxFault) return undefined;
    throw error;
  }
  const isSign = (at: number, sign: string): boolean => tokens[at]?.kind === 'symbol' && tokens[at].text === sign;
  const close = tokens.findIndex((_, at) => isSign(at, ')'));
  const columns = tokens.flatMap(({ text: name }, at) => (at < close && isSign(at + 1, ':') ? [name] : []));
  const last = tokens.length - 1;
  if (columns.length === 0 || !isSign(close + 1, '[') || !isSign(last, ']')) return undefined;
  const values: TableValue[] = [];
  for (let at = close + 2; at < last; at += 2) {
    const token = tokens[at] as KqlToken;
    // A comma may stand behind the last value too.
    if (token.kind === 'symbol' || !(isSign(at + 1, ',') || at + 1 === last)) return undefined;
    values.push({ text: token.text, span: { start: span.start + token.start, end: span.start + token.end } });
  }
  return { columns, values };
}

/** The values of one column, top to bottom. */
export function columnOf({ columns, values }: DataTable, name: string): readonly TableValue[] | undefined {
  const index = columns.indexOf(name);
  return index < 0 ? undefined : values.filter((_, i) => i % columns.length === index);
}
