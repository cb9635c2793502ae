import type { Span } from '../../../model/span.ts';
import type { EvalNode } from './eval/tree.ts';
import type { QueryDraft } from './draft.ts';

/** What an aggregation counts of each group of events, and how these are made. */
export interface Counted {
  /** Field whose distinct values are counted; undefined where events are. */
  readonly distinct: string | undefined;
  readonly groupBy: readonly string[];
  /** Width of the windows of time that groups are within; undefined for all time. */
  readonly timespanUs: number | undefined;
}

/** The one field that a value was made from, and how. */
export interface FieldBehind {
  readonly field: string;
  readonly isFolded: boolean;
  /** Outermost first. */
  readonly functions: readonly string[];
  /** Whether the functions leave the value as it is, but for its letters' case. */
  readonly isExact: boolean;
}

/** A value that an expression finds in a field. */
export interface Found {
  readonly field: string;
  readonly expression: string;
  /** Range of the expression in the expanded search. */
  readonly span: Span;
}

/** What a name means at a place of a search. */
export type Binding =
  /** A field of the events that a query reads, under the name it has there. */
  | {
      readonly kind: 'event';
      readonly field: string;
      readonly query: QueryDraft;
      /** Whether eval changed its letters' case: then the case of values says nothing. */
      readonly isFolded?: true;
    }
  /** Made from the events' fields by eval, rex and the like; `made` where eval did, with the names known then. */
  | {
      readonly kind: 'computed';
      readonly query: QueryDraft;
      readonly made: { readonly value: EvalNode; readonly names: Bindings } | undefined;
      /** Where functions of one field made it. */
      readonly of?: FieldBehind;
      /** Where rex did. */
      readonly found?: Found;
    }
  /** Comes out of counting or measuring several events, or from the clock. */
  | { readonly kind: 'aggregate'; readonly counted?: Counted }
  /** Filled where a lookup has a row for the value of `field`. */
  | { readonly kind: 'lookup'; readonly lookup: string; readonly field: string; readonly query: QueryDraft };

/** More than any search of a person's makes; the renames after that are not followed. */
const RENAMED_LIMIT = 200_000;

/** The names known at a place of a search, and what each means. Renames are followed back by keeping what was meant. */
export class Bindings {
  #names = new Map<string, Binding>();
  /** Names that renames with a star have looked through. */
  #renamed = 0;

  /** @param main the query whose events give every name that nothing else says more of. */
  constructor(private readonly main: QueryDraft) {}

  get(name: string): Binding {
    const known = this.#names.get(name);
    if (known) return known;
    // `dc(user)` and the like: what an aggregation is called without an `as`.
    if (/^\w+\(.*\)$/.test(name)) return { kind: 'aggregate' };
    return { kind: 'event', field: name, query: this.main };
  }

  copy(): Bindings {
    const copy = new Bindings(this.main);
    copy.#names = new Map(this.#names);
    return copy;
  }

  set(name: string, binding: Binding): void {
    this.#names.set(name, binding);
  }

  /** Keeps nothing but what `kept` says: results of an aggregation. */
  replace(kept: Iterable<readonly [string, Binding]>): void {
    this.#names = new Map(kept);
  }

  /** `rename a as b`, with one `*` on each side allowed: then every known name that fits is renamed. */
  rename(from: string, to: string): void {
    const star = from.indexOf('*');
    if (star >= 0 && (this.#renamed += this.#names.size) > RENAMED_LIMIT) return;
    if (star < 0) {
      const binding = this.get(from);
      this.#names.delete(from);
      this.#names.set(to, binding);
      return;
    }
    const head = from.slice(0, star);
    const tail = from.slice(star + 1);
    for (const [name, binding] of [...this.#names]) {
      if (name.length < head.length + tail.length || !name.startsWith(head) || !name.endsWith(tail)) continue;
      const middle = name.slice(head.length, name.length - tail.length);
      this.#names.delete(name);
      this.#names.set(
        to.replace('*', () => middle),
        binding,
      );
    }
  }

  /** Adds the names of a joined search where this one has none of that name. */
  addFrom(other: Bindings): void {
    for (const [name, binding] of other.#names) {
      if (!this.#names.has(name)) this.#names.set(name, binding);
    }
  }
}
