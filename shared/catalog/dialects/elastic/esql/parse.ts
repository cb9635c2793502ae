import { attempt, Cursor, type Parsed } from '../../../syntax/cursor.ts';
import type { EsqlColumn, EsqlCommand, EsqlExpr, EsqlQuery, EsqlSortKey } from './ast.ts';
import { ExpressionParser } from './expression.ts';
import { tokenizeEsql } from './tokens.ts';

/** Parses an ES|QL query; spans are offsets in `text`. Never throws: a fault comes back with its place. */
export function parseEsql(text: string): Parsed<EsqlQuery> {
  return attempt(() => new Parser(text).query());
}

type Body = EsqlCommand extends infer Command ? (Command extends EsqlCommand ? Omit<Command, 'span'> : never) : never;

class Parser {
  readonly #text: string;
  readonly #at: ExpressionParser;

  constructor(text: string) {
    this.#text = text;
    this.#at = new ExpressionParser(new Cursor(tokenizeEsql(text), text.length), text);
  }

  query(): EsqlQuery {
    const { cursor } = this.#at;
    const start = cursor.start;
    const commands = [this.#command()];
    while (this.#at.op('|')) commands.push(this.#command());
    if (cursor.peek()) throw cursor.fault('Expected | or the end of the query');
    return { commands, span: { start, end: cursor.lastEnd } };
  }

  #command(): EsqlCommand {
    const { cursor } = this.#at;
    const token = cursor.peek();
    if (token?.kind !== 'word') throw cursor.fault('Expected a command');
    cursor.next('a command');
    const body = this.#body(token.text.toLowerCase(), token.text);
    // A new object per kind would say the same eleven times.
    return { ...body, span: { start: token.start, end: cursor.lastEnd } };
  }

  #body(word: string, written: string): Body {
    const at = this.#at;
    switch (word) {
      case 'from':
      case 'ts':
        return this.#from(word);
      case 'row':
      case 'eval':
        return { kind: word, columns: at.commaList(() => this.#column()) };
      case 'where':
        return { kind: 'where', condition: at.expression() };
      case 'stats':
        return this.#stats(false);
      case 'inline':
      case 'inlinestats':
        if (word === 'inline' && !at.word('stats')) throw at.cursor.fault('Expected stats');
        return this.#stats(true);
      case 'keep':
      case 'drop':
        return { kind: word, names: at.commaList(() => this.#raw()) };
      case 'rename':
        return { kind: 'rename', pairs: at.commaList(() => this.#pair()) };
      case 'sort':
        return { kind: 'sort', keys: at.commaList(() => this.#sortKey()) };
      case 'limit':
        return { kind: 'limit', count: at.expression() };
      case 'mv_expand':
        return { kind: 'mv_expand', name: at.name() };
      case 'grok':
      case 'dissect':
        return this.#extraction(word);
      case 'enrich':
        return this.#enrich();
      case 'lookup':
        return this.#lookup();
      case 'completion':
        return this.#completion();
      default:
        return { kind: 'other', name: written, text: this.#rest() };
    }
  }

  #from(word: 'from' | 'ts'): Body {
    const at = this.#at;
    const indices = at.commaList(() => this.#raw());
    const brackets = at.isOp('[') && at.isWord('metadata', 1);
    if (brackets) at.expect('[');
    const metadata = at.word('metadata') ? at.commaList(() => at.name()) : [];
    if (brackets) at.expect(']');
    return { kind: 'from', word, indices, metadata };
  }

  #stats(inline: boolean): Body {
    const at = this.#at;
    const columns = at.isWord('by') ? [] : at.commaList(() => this.#column());
    const by = at.word('by') ? at.commaList(() => this.#column()) : [];
    return { kind: 'stats', inline, columns, by };
  }

  #column(): EsqlColumn {
    const at = this.#at;
    const { mark } = at.cursor;
    const expr = at.expression();
    const isName = expr.kind === 'field' && at.isOp('=');
    if (!isName) return { name: undefined, expr, where: this.#where() };
    at.cursor.reset(mark);
    const name = at.name();
    at.expect('=');
    return { name, expr: at.expression(), where: this.#where() };
  }

  #where(): EsqlExpr | undefined {
    return this.#at.word('where') ? this.#at.expression() : undefined;
  }

  #pair(): { readonly from: string; readonly to: string } {
    const at = this.#at;
    const first = this.#raw();
    // Older form first, `new = old` after it.
    if (at.word('as')) return { from: first, to: this.#raw() };
    at.expect('=');
    return { from: this.#raw(), to: first };
  }

  #sortKey(): EsqlSortKey {
    const at = this.#at;
    const expr = at.expression();
    const direction = at.word('asc') ? 'asc' : at.word('desc') ? 'desc' : undefined;
    let nulls: EsqlSortKey['nulls'];
    if (at.word('nulls')) {
      nulls = at.word('first') ? 'first' : at.word('last') ? 'last' : undefined;
      if (!nulls) throw at.cursor.fault('Expected first or last');
    }
    return { expr, direction, nulls };
  }

  #extraction(kind: 'grok' | 'dissect'): Body {
    const at = this.#at;
    const input = at.expression();
    const patterns = at.commaList(() => at.string());
    let separator: EsqlExpr | undefined;
    if (at.word('append_separator')) {
      at.expect('=');
      separator = at.string();
    }
    return { kind, input, patterns, separator };
  }

  #enrich(): Body {
    const at = this.#at;
    const policy = this.#raw();
    const on = at.word('on') ? at.name() : undefined;
    const columns = at.word('with') ? at.commaList(() => this.#column()) : [];
    return { kind: 'enrich', policy, on, columns };
  }

  #lookup(): Body {
    const at = this.#at;
    if (!at.word('join')) throw at.cursor.fault('Expected join');
    const index = this.#raw();
    if (!at.word('on')) throw at.cursor.fault('Expected on');
    return { kind: 'lookup', index, on: at.commaList(() => at.expression()) };
  }

  #completion(): Body {
    const { name, expr: prompt } = this.#column();
    return { kind: 'completion', name, prompt, options: this.#at.word('with') ? this.#at.expression() : undefined };
  }

  /** Index patterns and column patterns: tokens without blanks between, as written. */
  #raw(): string {
    const { cursor } = this.#at;
    const first = cursor.peek();
    if (!first || this.#endsRaw()) throw cursor.fault('Expected a name');
    if (first.kind === 'string') return cursor.next('a name').text;
    let text = '';
    do text += this.#rawPart();
    while (cursor.start === cursor.lastEnd && cursor.peek() && !this.#endsRaw());
    return text;
  }

  #rawPart(): string {
    const token = this.#at.cursor.next('a name');
    return token.kind === 'string' ? this.#text.slice(token.start, token.end) : token.text;
  }

  #endsRaw(): boolean {
    return [',', '|', ')', '(', '[', ']', '='].some((op) => this.#at.isOp(op));
  }

  /** Everything up to the next pipe outside of brackets, as written. */
  #rest(): string {
    const { cursor } = this.#at;
    const start = cursor.start;
    let depth = 0;
    for (let token = cursor.peek(); token; token = cursor.peek()) {
      if (token.kind === 'op' && '([{'.includes(token.text)) depth++;
      if (token.kind === 'op' && ')]}'.includes(token.text)) depth--;
      if (depth <= 0 && this.#at.isOp('|')) break;
      cursor.next('more');
    }
    return this.#text.slice(start, Math.max(cursor.lastEnd, start));
  }
}
