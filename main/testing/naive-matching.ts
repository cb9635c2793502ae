import { eventData } from '../columns/event-data.ts';
import type { EventTable } from '../columns/event-table.ts';
import type { Matching, RulePlan } from '../match/api.ts';
import type { Expr, Predicate } from '../../shared/model/predicate.ts';
import type { Diagnostic } from '../../shared/model/rule.ts';

/**
 * A matcher that looks at one event at a time and knows no logsource: slow and plain, for tests of what is built on
 * the matcher, and as an oracle for it. Knows eq, contains, starts_with, ends_with, is_null, is_not_null.
 */
export function naiveMatching(table: EventTable): Matching {
  return {
    compile(rules): RulePlan {
      const notRun = new Map<number, readonly Diagnostic[]>();
      rules.forEach((rule, i) => {
        if (!rule.condition) notRun.set(i, rule.diagnostics);
      });
      return {
        rules,
        notRun,
        notes: new Map(),
        run(shape, fromRow, toRow, onHit) {
          for (let row = fromRow; row < toRow; row++) {
            const event = shape.events.data[row] as number;
            rules.forEach(({ condition }, i) => {
              if (condition && holds(table, condition, event)) onHit(i, event);
            });
          }
        },
        applies: () => true,
        cannotFire: () => null,
        explain: () => [],
        correlates: false,
        isStale: false,
        correlate: () => [],
        correlationNotes: () => [],
        advance: () => undefined,
        related: () => [],
      };
    },
    compileExpr: (expr) => ({
      run(shape, fromRow, toRow, onMatch) {
        for (let row = fromRow; row < toRow; row++) {
          const event = shape.events.data[row] as number;
          if (holds(table, expr, event)) onMatch(event);
        }
      },
    }),
  };
}

/** Whether an event fulfils an expression. */
export function holds(table: EventTable, expr: Expr, event: number): boolean {
  switch (expr.kind) {
    case 'and':
      return expr.children.every((child) => holds(table, child, event));
    case 'or':
      return expr.children.some((child) => holds(table, child, event));
    case 'not':
      return !holds(table, expr.child, event);
    case 'constant':
      return expr.value;
    case 'predicate':
      return predicateHolds(expr, textsOf(table, expr.field, event));
  }
}

function textsOf(table: EventTable, field: string, event: number): string[] {
  const head = table.headOf(event);
  switch (field) {
    case 'Channel':
      return head.channel === '' ? [] : [head.channel];
    case 'Provider_Name':
      return head.provider === '' ? [] : [head.provider];
    case 'EventID':
      return head.eventId === undefined ? [] : [String(head.eventId)];
    case 'Computer':
      return [table.text(table.computer.data[event] as number) ?? ''];
    case 'RecordID':
      return [String(table.record.data[event])];
    default: {
      const data = eventData(table, event);
      if (field === 'keyword') return Object.values(data).flat();
      const other = Object.keys(data).find((name) => name.toLowerCase() === field.toLowerCase());
      return [data[field] ?? data[other ?? ''] ?? []].flat();
    }
  }
}

function predicateHolds(predicate: Predicate, texts: readonly string[]): boolean {
  const fold = (text: string): string => (predicate.caseSensitive ? text : text.toLowerCase());
  const some = (test: (text: string, value: string) => boolean): boolean => {
    const one = (value: string): boolean => texts.some((text) => test(fold(text), fold(value)));
    const values = predicate.values.map(({ text }) => text);
    return predicate.quantifier === 'all' ? values.every(one) : values.some(one);
  };
  switch (predicate.op) {
    case 'eq':
      return some((text, value) => text === value);
    case 'contains':
      return some((text, value) => text.includes(value));
    case 'starts_with':
      return some((text, value) => text.startsWith(value));
    case 'ends_with':
      return some((text, value) => text.endsWith(value));
    case 'is_null':
      return texts.length === 0;
    case 'is_not_null':
      return texts.length > 0;
    default:
      throw new Error(`the naive matcher does not know ${predicate.op}`);
  }
}
