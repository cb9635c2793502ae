import type { CompletionItem } from './item.ts';
import type { Context } from '../text/context.ts';
import type { Outline } from '../text/outline.ts';
import { selectionsOf } from '../text/selections.ts';

type ConditionContext = Extract<Context, { kind: 'condition' }>;

/** What the grammar of a condition (Sigma specification, "Condition") allows after some words. */
type Expected = 'operand' | 'operator' | 'of' | 'group';

/** Follows the words of a condition so far. A quantifier (`1`, `all`, `any`) wants `of`, and `of` wants names. */
export function expectedAfter(before: string): Expected {
  const words = before.match(/[()]|[^\s()]+/g) ?? [];
  const last = words[words.length - 1]?.toLowerCase();
  if (last === undefined || last === '(' || last === 'and' || last === 'or' || last === 'not') return 'operand';
  if (last === 'of') return 'group';
  const previous = words[words.length - 2]?.toLowerCase();
  if (previous !== 'of' && (last === 'all' || last === 'any' || /^\d+$/.test(last))) return 'of';
  return 'operator';
}

/** Offers for a word of the condition. */
export function completeCondition(outline: Outline, context: ConditionContext): CompletionItem[] {
  const names = selectionsOf(outline, context.document).map((selection) => selection.name);
  const { replace } = context;
  const operator = (label: string, doc: string): CompletionItem => ({
    label,
    kind: 'operator',
    replace,
    insert: label,
    isSnippet: false,
    detail: '',
    doc,
  });
  const selection = (name: string, detail: string): CompletionItem => ({
    label: name,
    kind: 'selection',
    replace,
    insert: name,
    isSnippet: false,
    detail,
  });
  switch (expectedAfter(context.before)) {
    case 'operand':
      return [
        ...names.map((name) => selection(name, 'selection')),
        operator('not', 'Events that do not fulfil what follows.'),
        ...groups(names).flatMap((pattern) => [
          { ...selection(`1 of ${pattern}`, covered(pattern, names)), doc: 'At least one of these selections.' },
          { ...selection(`all of ${pattern}`, covered(pattern, names)), doc: 'Each of these selections.' },
        ]),
        operator('1 of them', 'At least one selection of the rule.'),
        operator('all of them', 'Each selection of the rule.'),
      ];
    case 'operator':
      return [operator('and', 'Both sides must hold.'), operator('or', 'One side must hold.')];
    case 'of':
      return [operator('of', 'A quantifier over selections: `1 of selection_*`.')];
    case 'group':
      return [
        ...groups(names).map((pattern) => selection(pattern, covered(pattern, names))),
        operator('them', 'Every selection whose name does not start with `_`.'),
        ...names.map((name) => selection(name, 'selection')),
      ];
  }
}

/** Patterns such as `filter_main_*` that cover at least one name and are not the name itself. */
function groups(names: readonly string[]): string[] {
  const found = new Set<string>();
  for (const name of names) {
    for (let at = name.indexOf('_'); at > 0 && at < name.length - 1; at = name.indexOf('_', at + 1)) {
      found.add(`${name.slice(0, at + 1)}*`);
    }
  }
  return [...found];
}

function covered(pattern: string, names: readonly string[]): string {
  const start = pattern.slice(0, -1);
  const count = names.filter((name) => name.startsWith(start)).length;
  return `${String(count)} ${count === 1 ? 'selection' : 'selections'}`;
}
