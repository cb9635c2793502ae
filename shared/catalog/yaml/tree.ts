import { isAlias, isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import type { Diagnostic } from '../../model/rule.ts';
import type { Span } from '../../model/span.ts';
import { parseLeniently } from './lenient.ts';
import { scalarOffsets } from './scalar-offsets.ts';

/**
 * A YAML text as plain nodes that know their place, so that what reads rules needs nothing of the YAML library.
 * Aliases are replaced by what they stand for.
 */
export interface YamlScalar {
  readonly kind: 'scalar';
  readonly type: 'string' | 'number' | 'bool' | 'null';
  /** A string's value; for the other types the characters as written (`0x10`, `007`, `True`), '' for an empty null. */
  readonly text: string;
  readonly span: Span;
  /** Offset in the source of the text's unit `index`. */
  at(index: number): number;
}

export interface YamlList {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
  readonly span: Span;
}

export interface YamlEntry {
  readonly key: YamlScalar;
  readonly value: YamlNode;
}

export interface YamlMap {
  readonly kind: 'map';
  readonly entries: readonly YamlEntry[];
  readonly span: Span;
}

export type YamlNode = YamlScalar | YamlList | YamlMap;

export interface YamlDocument {
  /** Undefined for an empty document. */
  readonly root: YamlNode | undefined;
  readonly span: Span;
  /** Syntax errors and duplicate keys. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Nodes of one text before it is refused: aliases of aliases can name more nodes than there are characters. */
const NODE_LIMIT = 200_000;
const DEPTH_LIMIT = 64;

class Converter {
  #nodes = 0;
  /** The nodes that have a name up to here: to ask the library for each alias would read the whole document again. */
  readonly #anchors = new Map<string, Node>();
  /** How many aliases stand above: what they stand for was named before. */
  #aliases = 0;
  readonly diagnostics: Diagnostic[] = [];

  constructor(private readonly source: string) {}

  fault(code: string, message: string, span: Span): void {
    this.diagnostics.push({ severity: 'error', code, message, span });
  }

  node(node: Node | null | undefined, fallback: Span, depth: number): YamlNode {
    const span = spanOf(node) ?? fallback;
    if (++this.#nodes > NODE_LIMIT || depth > DEPTH_LIMIT) {
      if (this.diagnostics.every((known) => known.code !== 'yaml-too-large')) {
        this.fault('yaml-too-large', 'The document is nested too deeply or its aliases multiply too far', span);
      }
      return this.#scalar('null', '', span);
    }
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      if (!target) {
        this.fault('yaml-unknown-alias', `There is no anchor named ${node.source}`, span);
        return this.#scalar('null', '', span);
      }
      this.#aliases++;
      const found = this.node(target, span, depth + 1);
      this.#aliases--;
      return found;
    }
    if (node?.anchor !== undefined && this.#aliases === 0) this.#anchors.set(node.anchor, node);
    if (isMap(node)) return this.#map(node, span, depth);
    if (isSeq(node)) {
      return { kind: 'list', items: node.items.map((item) => this.node(item as Node, span, depth + 1)), span };
    }
    if (isScalar(node)) {
      const value: unknown = node.value;
      const written = node.source ?? '';
      if (typeof value === 'string') return this.#scalar('string', value, span);
      if (value === null || value === undefined) return this.#scalar('null', written, span);
      if (typeof value === 'boolean') return this.#scalar('bool', written, span);
      return this.#scalar('number', written, span);
    }
    return this.#scalar('null', '', span);
  }

  #map(node: YAMLMap, span: Span, depth: number): YamlMap {
    const entries: YamlEntry[] = [];
    // The library compares each key with all before it, which a long map makes too slow.
    const known = new Set<string>();
    for (const pair of node.items) {
      const key = this.node(pair.key as Node | null, span, depth + 1);
      if (key.kind !== 'scalar') {
        this.fault('yaml-key-not-text', 'A key must be plain text', key.span);
        continue;
      }
      if (known.has(key.text)) this.fault('yaml-duplicate-key', 'This key stands twice in the same map', key.span);
      known.add(key.text);
      const after = { start: key.span.end, end: key.span.end };
      entries.push({ key, value: this.node(pair.value as Node | null, after, depth + 1) });
    }
    return { kind: 'map', entries, span };
  }

  #scalar(type: YamlScalar['type'], text: string, span: Span): YamlScalar {
    const source = this.source;
    let offsets: Int32Array | undefined;
    return {
      kind: 'scalar',
      type,
      text,
      span,
      at: (index) => {
        offsets ??= scalarOffsets(source, span, text);
        return offsets[Math.min(Math.max(index, 0), text.length)] as number;
      },
    };
  }
}

function spanOf(node: Node | null | undefined): Span | undefined {
  const range = node?.range;
  return range ? { start: range[0], end: range[1] } : undefined;
}

/** Reads every document of a text. Never throws: what is wrong stands in the documents' diagnostics. */
export function readYaml(source: string): YamlDocument[] {
  const documents = parseLeniently(source);
  if (documents === undefined) {
    const span = { start: 0, end: Math.min(1, source.length) };
    const diagnostics = [{ severity: 'error' as const, code: 'yaml-too-large', message: TOO_DEEP, span }];
    return [{ root: undefined, span: { start: 0, end: source.length }, diagnostics }];
  }
  return documents.map((document) => {
    const range = document.range as readonly number[] | null;
    const span = { start: range?.[0] ?? 0, end: range?.[1] ?? source.length };
    const converter = new Converter(source);
    const { errors } = document;
    const placeOf = ({ pos: [from, to] }: { readonly pos: readonly [number, number] }): Span => {
      const end = Math.min(Math.max(to, from + 1), source.length);
      return { start: Math.min(from, end), end };
    };
    for (const error of errors.slice(0, ERROR_LIMIT)) {
      converter.fault('yaml-syntax', yamlMessage(error.message), placeOf(error));
    }
    const next = errors[ERROR_LIMIT];
    if (next) {
      const more = (errors.length - ERROR_LIMIT).toLocaleString('en-US');
      converter.fault('yaml-syntax', `YAML: there are ${more} more faults from here on`, placeOf(next));
    }
    const root = document.contents === null ? undefined : converter.node(document.contents, span, 0);
    return { root, span, diagnostics: converter.diagnostics };
  });
}

/** Faults of syntax that are told one by one: what is broken at one place makes more behind it. */
const ERROR_LIMIT = 50;
const TOO_DEEP = 'The document is nested too deeply';

function yamlMessage(message: string): string {
  if (message.startsWith('Maximum call stack')) return TOO_DEEP;
  const firstLine = message.split('\n', 1)[0] ?? message;
  return `YAML: ${firstLine.replace(/[.:]$/, '')}`;
}

/** The value of a key of a map, undefined where absent. */
export function entryOf(map: YamlMap, key: string): YamlEntry | undefined {
  return map.entries.find((entry) => entry.key.text === key);
}
