import type { Expr, Predicate } from '../../model/predicate.ts';
import type { Vendor } from '../../model/rule.ts';
import type { Span } from '../../model/span.ts';
import { isReason } from './build.ts';
import { holdsFor, rewrite } from './rewrite.ts';
import type { Form } from './form.ts';
import type { RunEvent, RunEvents } from './run-events.ts';

/** Something of a rule that nothing in an event is equal to. */
export interface Obstacle {
  readonly message: string;
  readonly span: Span;
}

/** What the names of a rule's fields mean. */
export interface FieldNames {
  readonly vendor: Vendor;
  /** Canonical field by native name, of those that are no mere scope. */
  readonly canonical: ReadonlyMap<string, string>;
  /** Whether the rule reads the events under their own names, and not a table made of them. */
  readonly hasOwnNames: boolean;
}

/** A condition as it stands in one event: what is left of it to test, or why it can't be put there. */
export type Specialised = { readonly expr: Expr } | { readonly obstacles: readonly Obstacle[] };

/** Puts a condition over native fields into the terms of an event. What the event decides by itself is decided. */
export function specialise(condition: Expr, event: RunEvent, names: FieldNames, events: RunEvents): Specialised {
  const place = (predicate: Predicate): Specialised => placePredicate(predicate, event, names, events);
  return walk(condition, place);
}

/** How a field stands in an event; undefined where it has no equal. */
export function formOf(native: string, event: RunEvent, names: FieldNames, events: RunEvents): Form | undefined {
  if (event.native.has(native)) return event.native.get(native);
  if (native === 'keyword') return { kind: 'plain', field: native };
  if (names.hasOwnNames) {
    const own = events.ownField(names.vendor, native);
    if (own !== undefined) return { kind: 'plain', field: own };
    if (events.isMadeUp(names.vendor, native)) return undefined;
  }
  const canonical = names.canonical.get(native);
  const form = canonical === undefined ? undefined : event.fields.get(canonical);
  return form?.kind === 'absent' && names.vendor === 'kusto' ? undefined : form;
}

function walk(expr: Expr, place: (predicate: Predicate) => Specialised): Specialised {
  switch (expr.kind) {
    case 'constant':
      return { expr };
    case 'predicate':
      return place(expr);
    case 'not': {
      const child = walk(expr.child, place);
      return 'obstacles' in child ? child : { expr: negated(child.expr, expr.span) };
    }
    case 'and':
    case 'or': {
      const deciding = expr.kind === 'or';
      const children: Expr[] = [];
      const obstacles: Obstacle[] = [];
      for (const part of expr.children) {
        const child = walk(part, place);
        if ('obstacles' in child) obstacles.push(...child.obstacles);
        else if (child.expr.kind !== 'constant') children.push(child.expr);
        else if (child.expr.value === deciding) return child;
      }
      if (obstacles.length > 0) return { obstacles };
      const [only] = children;
      if (!only) return { expr: { kind: 'constant', value: !deciding, span: expr.span } };
      return { expr: children.length === 1 ? only : { ...expr, children } };
    }
  }
}

function negated(child: Expr, span: Span): Expr {
  return child.kind === 'constant' ? { ...child, value: !child.value } : { kind: 'not', child, span };
}

function placePredicate(predicate: Predicate, event: RunEvent, names: FieldNames, events: RunEvents): Specialised {
  const { field, op, span } = predicate;
  const constant = (value: boolean): Specialised => ({ expr: { kind: 'constant', value, span } });
  const words = event.words.get(field);
  if (words) {
    if (op === 'is_null' || op === 'is_not_null') return constant(op === 'is_not_null');
    const held = words.map((word) => holdsFor(predicate, word));
    if (held.includes(undefined))
      return { obstacles: [{ message: `${field} is tested with ${predicate.native}`, span }] };
    return constant(held.includes(true));
  }
  const form = formOf(field, event, names, events);
  if (!form) {
    // The rule itself says that logs may be without the field.
    if (predicate.optional) return constant(op === 'is_null');
    return { obstacles: [{ message: `${field} has no equal in these logs`, span }] };
  }
  const asked = op === 'eq_field' ? withOtherField(predicate, event, names, events) : predicate;
  const rewritten = asked ? rewrite(asked, form) : { reason: `the comparison of ${field} with another field` };
  if (!isReason(rewritten)) return decided(rewritten);
  return { obstacles: [{ message: `${field}: ${rewritten.reason} has no equal in these logs`, span }] };
}

/** `eq_field` with the other field's own name; undefined where that is no plain field. */
function withOtherField(
  predicate: Predicate,
  event: RunEvent,
  names: FieldNames,
  events: RunEvents,
): Predicate | undefined {
  const others = predicate.values.map(({ text }) => formOf(text, event, names, events));
  const fields = others.flatMap((form) => (form?.kind === 'plain' ? [form.field] : []));
  if (fields.length < others.length) return undefined;
  const values = predicate.values.map((value, i) => ({ ...value, text: fields[i] as string }));
  return { ...predicate, values };
}

/** Takes the constants out of what a predicate became. */
function decided(expr: Expr): Specialised {
  return expr.kind === 'predicate' ? { expr } : walk(expr, (predicate) => ({ expr: predicate }));
}
