import type { Expr } from '../../../model/predicate.ts';
import type { Span } from '../../../model/span.ts';
import type { ScopeSource } from '../../catalog-rule.ts';

/** A kind of event that a search reads, while it is being put together. Spans are places in the file. */
export class QueryDraft {
  readonly sources: ScopeSource[] = [];
  /** Tests that must all hold, each in the order of the search. */
  readonly tests: { readonly expr: Expr; readonly isEval: boolean }[] = [];

  /** @param absent whether the events must not be there: those of a subsearch behind a NOT. */
  constructor(
    readonly span: Span,
    readonly absent = false,
  ) {}

  addSource(kind: ScopeSource['kind'], name: string): void {
    if (!this.sources.some((known) => known.kind === kind && known.name === name)) this.sources.push({ kind, name });
  }

  /** All tests as one expression; undefined where there is none. */
  get predicates(): Expr | undefined {
    const children = this.tests.flatMap(({ expr }) => (expr.kind === 'and' ? expr.children : [expr]));
    const [only] = children;
    if (children.length < 2) return only;
    return {
      kind: 'and',
      children,
      span: { start: (only as Expr).span.start, end: (children.at(-1) as Expr).span.end },
    };
  }
}
