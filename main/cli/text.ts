import type { Level } from '../../shared/model/severity.ts';

/** Symbol of each level, so that it is never told by colour alone. */
export const LEVEL_SYMBOLS: Readonly<Record<Level, string>> = {
  informational: '·',
  low: '○',
  medium: '●',
  high: '▲',
  critical: '◆',
};

const LEVEL_COLOURS: Readonly<Record<Level, string>> = {
  informational: '2',
  low: '36',
  medium: '33',
  high: '31',
  critical: '1;31',
};

export function coloured(level: Level, text: string): string {
  return `\u001b[${LEVEL_COLOURS[level]}m${text}\u001b[0m`;
}

/** Text from a log, made safe for a terminal: control characters, which could steer it, are shown as escapes. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are what must not reach the terminal
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (unit) =>
    unit === '\n' ? '\\n' : unit === '\t' ? '\\t' : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Cut to a width (characters, not columns), with an ellipsis. */
export function clipped(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

export function counted(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;
}
