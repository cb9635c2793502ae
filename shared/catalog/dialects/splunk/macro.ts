import type { Span } from '../../../model/span.ts';
import { entryOf, readYaml, type YamlMap } from '../../yaml/tree.ts';

/** A search macro: a text that stands for a call in backticks, with `$name$` where an argument goes. */
export interface SplunkMacro {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly definition: string;
}

/** Reads a macro's YAML file; undefined where the text is no macro. */
export function readSplunkMacro(text: string, _fileName: string): SplunkMacro | undefined {
  const root = readYaml(text)[0]?.root;
  if (root?.kind !== 'map') return undefined;
  const name = scalarText(root, 'name');
  const definition = scalarText(root, 'definition');
  if (name === undefined || definition === undefined) return undefined;
  const parameters = entryOf(root, 'arguments')?.value;
  const names = parameters?.kind === 'list' ? parameters.items : [];
  return { name, definition, parameters: names.flatMap((item) => (item.kind === 'scalar' ? [item.text] : [])) };
}

function scalarText(map: YamlMap, key: string): string | undefined {
  const value = entryOf(map, key)?.value;
  return value?.kind === 'scalar' ? value.text : undefined;
}

/** A search with its macros put in, and the way back from it to the text that it came from. */
export interface ExpandedSearch {
  readonly text: string;
  /** Names of the macros called, dropped ones left out, in order. */
  readonly calls: readonly MacroCall[];
  /** Calls that nothing could be put in for, and why. */
  readonly faults: readonly { readonly message: string; readonly span: Span }[];
  /** Maps a range of the expanded text to the source; what a macro gave is the place of its call. */
  readonly place: (span: Span) => Span;
}

export interface MacroCall {
  readonly name: string;
  readonly definition: string | undefined;
  /** Where its expansion starts in the expanded text. */
  readonly start: number;
}

const DEPTH_LIMIT = 12;
const SIZE_LIMIT = 400_000;
const CALL_LIMIT = 2_000;

/** Macros that say how results look or are filled in by each site: they select no events. */
const SILENT = /^(?:.*_filter|security_content_ctime|security_content_summariesonly)$/;

/** Shipped with Splunk's own apps, so that no repository of detections defines it. */
const BUILT_IN: ReadonlyMap<string, SplunkMacro> = new Map([
  ['drop_dm_object_name', { name: 'drop_dm_object_name', parameters: ['name'], definition: 'rename $name$.* as *' }],
]);

/**
 * Puts macros into a search. Comments (text between three backticks) become nothing. Text in double quotes is left.
 * @param offsetAt place in the source of a unit of `text`; `text.length` is asked too.
 */
export function expandMacros(
  text: string,
  offsetAt: (index: number) => number,
  macros: ReadonlyMap<string, SplunkMacro>,
): ExpandedSearch {
  const expander = new Expander(macros);
  expander.expand(text, (index) => ({ start: offsetAt(index), end: offsetAt(index) + 1 }), []);
  const { starts, ends } = expander;
  const after = offsetAt(text.length);
  const place = ({ start, end }: Span): Span => {
    const from = starts[start] ?? after;
    return { start: from, end: end > start ? Math.max(ends[end - 1] ?? after, from) : from };
  };
  return { text: expander.text, calls: expander.calls, faults: expander.faults, place };
}

type PlaceOf = (index: number) => Span;

class Expander {
  text = '';
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly calls: MacroCall[] = [];
  readonly faults: { message: string; span: Span }[] = [];

  constructor(private readonly macros: ReadonlyMap<string, SplunkMacro>) {}

  expand(text: string, placeOf: PlaceOf, path: readonly string[]): void {
    let at = 0;
    while (at < text.length) {
      const stop = nextSpecial(text, at);
      this.#copy(text, at, stop, placeOf);
      if (stop >= text.length) return;
      if (text[stop] === '"') {
        const end = endOfQuoted(text, stop);
        this.#copy(text, stop, end, placeOf);
        at = end;
        continue;
      }
      const isComment = text.startsWith('```', stop);
      const width = isComment ? 3 : 1;
      const close = text.indexOf('`'.repeat(width), stop + width);
      const end = close < 0 ? text.length : close + width;
      const span = { start: placeOf(stop).start, end: placeOf(end - 1).end };
      if (close < 0) this.faults.push({ message: 'This backtick is never closed', span });
      else if (isComment) this.#copy(' ', 0, 1, () => span);
      else this.#call(text.slice(stop + 1, close), span, path);
      at = end;
    }
  }

  #copy(text: string, from: number, to: number, placeOf: PlaceOf): void {
    if (from >= to) return;
    this.text += text.slice(from, to);
    for (let i = from; i < to; i++) {
      const { start, end } = placeOf(i);
      this.starts.push(start);
      this.ends.push(end);
    }
  }

  #call(written: string, span: Span, path: readonly string[]): void {
    const call = /^\s*([\w:.-]+)\s*(?:\(([^]*)\))?\s*$/.exec(written);
    const name = call?.[1];
    if (name === undefined) {
      this.faults.push({ message: 'Expected a macro name between backticks', span });
      return;
    }
    if (SILENT.test(name)) return;
    const macro = this.macros.get(name) ?? BUILT_IN.get(name);
    const args = call?.[2] === undefined ? [] : splitArguments(call[2]);
    if (this.calls.length > CALL_LIMIT) return;
    this.calls.push({ name, definition: macro?.definition, start: this.text.length });
    if (!macro) {
      this.faults.push({ message: `The macro ${name} is not among the macros read`, span });
    } else if (macro.parameters.length !== args.length) {
      const message = `The macro ${name} takes ${macro.parameters.length} arguments, not ${args.length}`;
      this.faults.push({ message, span });
    } else if (path.includes(name) || path.length >= DEPTH_LIMIT) {
      this.faults.push({ message: `The macro ${name} calls itself`, span });
    } else if (this.text.length > SIZE_LIMIT || this.calls.length > CALL_LIMIT) {
      this.faults.push({ message: 'The macros make the search too long', span });
    } else {
      let body = macro.definition;
      macro.parameters.forEach((parameter, i) => {
        body = body.replaceAll(`$${parameter}$`, () => args[i] as string);
      });
      this.expand(body, () => span, [...path, name]);
    }
  }
}

function nextSpecial(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const unit = text[i];
    if (unit === '\\') i++;
    else if (unit === '"' || unit === '`') return i;
  }
  return text.length;
}

/** Offset behind a string in double quotes that starts at `start`; the text's end where it is never closed. */
export function endOfQuoted(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i + 1;
  }
  return text.length;
}

/** Arguments of a macro call: split at commas outside quotes and brackets; quotes around a whole one are taken off. */
function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i <= text.length; i++) {
    const unit = text[i];
    if (unit === '"') i = endOfQuoted(text, i) - 1;
    else if (unit === '(') depth++;
    else if (unit === ')') depth--;
    else if (unit === undefined || (unit === ',' && depth === 0)) {
      parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  return parts.map((part) => (/^"[^"\\]*"$/.test(part) ? part.slice(1, -1) : part));
}
