import type { Span } from '../../../../model/span.ts';
import { Cursor, SyntaxFault } from '../../../syntax/cursor.ts';
import { prattParser, type Operator, type ParseAt } from '../../../syntax/pratt.ts';
import { EVAL_POWER, IN_POWER, MINUS_POWER, NOT_POWER, type EvalNode, type EvalOperator } from './tree.ts';
import { endOfQuoted } from '../macro.ts';
import { trimmed } from '../pipeline.ts';
import { unescapeSpl } from '../search/tokens.ts';

interface EvalToken extends Span {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'symbol';
  readonly text: string;
}

const NUMBER = /(?:\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)(?![\w{:])/y;
/** A name may hold dots, braces and colons: `a.b{}.c` is one field here, as authors mean it. */
const NAME = /[a-zA-Z_$][\w$]*(?:(?:\.|:|\{\}\.?)[\w$]+|\{\}|<<\w+>>)*|<<\w+>>[\w.]*|\d+[a-zA-Z_]\w*/y;
const SYMBOL = /==|!=|<=|>=|[-+*/%.,()=<>]/y;

function evalTokens(text: string, range: Span): EvalToken[] {
  const tokens: EvalToken[] = [];
  let at = range.start;
  const push = (kind: EvalToken['kind'], end: number, content?: string): void => {
    tokens.push({ kind, text: content ?? text.slice(at, end), start: at, end });
    at = end;
  };
  while (at < range.end) {
    const unit = text[at] as string;
    if (/\s/.test(unit)) at++;
    else if (unit === '"' || unit === "'") {
      const end = unit === '"' ? endOfQuoted(text, at) : endOfName(text, at);
      if (end > range.end || text[end - 1] !== unit || end === at + 1) {
        throw new SyntaxFault('This quote is never closed', { start: at, end: range.end });
      }
      const inner = text.slice(at + 1, end - 1);
      if (unit === '"') push('string', end, unescapeSpl(inner));
      else push('quoted', end, inner.replace(/\\(['\\])/g, '$1'));
    } else {
      const number = match(NUMBER, text, at);
      const name = number === undefined ? match(NAME, text, at) : undefined;
      const end = number ?? name ?? match(SYMBOL, text, at);
      if (end === undefined || end > range.end) {
        throw new SyntaxFault(`Unexpected ${unit}`, { start: at, end: at + 1 });
      }
      push(number !== undefined ? 'number' : name !== undefined ? 'word' : 'symbol', end);
    }
  }
  return tokens;
}

function match(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function endOfName(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === "'") return i + 1;
  }
  return text.length;
}

/** Parses the condition of `where`. Throws SyntaxFault. */
export function parseEval(text: string, range: Span): EvalNode {
  const cursor = new Cursor(evalTokens(text, range), range.end);
  const tree = parserAt(cursor)(1);
  const rest = cursor.peek();
  if (rest) throw cursor.fault(`Unexpected ${rest.text}`);
  return tree;
}

/** `name=expression`, one of those that `eval` takes. */
export interface Assignment {
  readonly name: string;
  readonly value: EvalNode;
}

/** Parses what follows `eval`: assignments, separated by commas. Throws SyntaxFault. */
export function parseAssignments(text: string, range: Span): Assignment[] {
  const assignments: Assignment[] = [];
  let start = range.start;
  while (start < range.end) {
    const end = endOfAssignment(text, { start, end: range.end });
    const { start: from, end: to } = trimmed(text, { start, end });
    start = end + 1;
    if (from >= to) continue;
    // The name may hold characters that no expression's name does, such as a hyphen.
    const name = /^(?:"((?:[^"\\]|\\[^])*)"|'((?:[^'\\]|\\[^])*)'|([^\s=]+))\s*=(?!=)/.exec(text.slice(from, to));
    if (!name) throw new SyntaxFault('Expected name=expression', { start: from, end: to });
    const value = parseEval(text, { start: from + name[0].length, end: to });
    assignments.push({ name: name[1] ?? name[2] ?? name[3] ?? '', value });
  }
  return assignments;
}

/** Offset of the comma that ends an assignment, or the range's end. */
function endOfAssignment(text: string, range: Span): number {
  let depth = 0;
  for (let i = range.start; i < range.end; i++) {
    const unit = text[i];
    if (unit === '"') i = endOfQuoted(text, i) - 1;
    else if (unit === "'") i = endOfName(text, i) - 1;
    else if (unit === '(') depth++;
    else if (unit === ')') depth--;
    else if (unit === ',' && depth === 0) return i;
  }
  return range.end;
}

function parserAt(cursor: Cursor<EvalToken>): ParseAt<EvalNode> {
  return prattParser<EvalNode>(cursor, {
    operand: (parse) => readOperand(cursor, parse),
    operator: () => operatorAt(cursor),
  });
}

function operatorAt(cursor: Cursor<EvalToken>): Operator<EvalNode> | undefined {
  const token = cursor.peek();
  if (!token || (token.kind !== 'word' && token.kind !== 'symbol')) return undefined;
  const name = token.kind === 'word' ? token.text.toUpperCase() : token.text;
  if (name === 'IN') {
    return {
      power: IN_POWER,
      read: (left, parse) => {
        cursor.next('IN');
        const values = readArguments(cursor, parse);
        return { kind: 'in', left, values, span: { start: left.span.start, end: cursor.lastEnd } };
      },
    };
  }
  if (!Object.hasOwn(EVAL_POWER, name)) return undefined;
  const operator = name as EvalOperator;
  const power = EVAL_POWER[operator];
  return {
    power,
    read: (left, parse) => {
      cursor.next('an operator');
      const right = parse(power + 1);
      return { kind: 'binary', operator, left, right, span: { start: left.span.start, end: right.span.end } };
    },
  };
}

function readOperand(cursor: Cursor<EvalToken>, parse: ParseAt<EvalNode>): EvalNode {
  const token = cursor.next('an expression');
  const span = { start: token.start, end: token.end };
  switch (token.kind) {
    case 'string':
      return { kind: 'string', value: token.text, span };
    case 'number':
      return { kind: 'number', text: token.text, span };
    case 'quoted':
      return { kind: 'field', name: token.text, span };
    case 'word':
      if (token.text.toUpperCase() === 'NOT') {
        const child = parse(NOT_POWER);
        return { kind: 'unary', operator: 'NOT', child, span: { start: token.start, end: child.span.end } };
      }
      if (cursor.peek()?.text === '(' && cursor.peek()?.kind === 'symbol') {
        const args = readArguments(cursor, parse);
        return {
          kind: 'call',
          name: token.text.toLowerCase(),
          args,
          span: { start: token.start, end: cursor.lastEnd },
        };
      }
      return { kind: 'field', name: token.text, span };
    case 'symbol':
      if (token.text === '(') {
        const inner = parse(1);
        close(cursor);
        return inner;
      }
      if (token.text === '-') {
        const child = parse(MINUS_POWER);
        return { kind: 'unary', operator: '-', child, span: { start: token.start, end: child.span.end } };
      }
  }
  cursor.reset(cursor.mark - 1);
  throw cursor.fault(`Expected an expression, found ${token.text}`);
}

function readArguments(cursor: Cursor<EvalToken>, parse: ParseAt<EvalNode>): EvalNode[] {
  const open = cursor.next('(');
  if (open.text !== '(' || open.kind !== 'symbol') throw cursor.fault('Expected (');
  const args: EvalNode[] = [];
  if (cursor.peek()?.text !== ')' || cursor.peek()?.kind !== 'symbol') {
    args.push(parse(1));
    while (cursor.peek()?.text === ',' && cursor.peek()?.kind === 'symbol') {
      cursor.next(',');
      args.push(parse(1));
    }
  }
  close(cursor);
  return args;
}

function close(cursor: Cursor<EvalToken>): void {
  const token = cursor.peek();
  if (token?.text !== ')' || token.kind !== 'symbol') throw cursor.fault('Expected ) here');
  cursor.next(')');
}
