import type { Diagnostic } from '../../../model/rule.ts';
import type { Span } from '../../../model/span.ts';
import { entryOf, type YamlDocument, type YamlEntry, type YamlMap } from '../../yaml/tree.ts';

/** One rule's map after `action` has been applied, and where it stands. */
export interface RuleDocument {
  readonly map: YamlMap;
  readonly span: Span;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Applies `action: global` (a base for all that follow), `reset` (no base from here on) and `repeat` (the rule
 * before, changed) to a text's documents. Maps are merged key by key; anything else is replaced.
 */
export function applyActions(documents: readonly YamlDocument[]): {
  readonly rules: readonly RuleDocument[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const rules: RuleDocument[] = [];
  const diagnostics: Diagnostic[] = [];
  let base: { map: YamlMap; diagnostics: readonly Diagnostic[] } | undefined;
  let previous: YamlMap | undefined;
  for (const { root, span, diagnostics: faults } of documents) {
    if (!root) {
      diagnostics.push(...faults);
      continue;
    }
    if (root.kind !== 'map') {
      diagnostics.push(...faults);
      const message = 'A rule must be a map of keys and values';
      diagnostics.push({ severity: 'error', code: 'sigma-not-a-map', message, span: root.span });
      continue;
    }
    const action = entryOf(root, 'action');
    const verb = action?.value.kind === 'scalar' ? action.value.text : '';
    const own = action ? { ...root, entries: root.entries.filter((entry) => entry !== action) } : root;
    if (verb === 'global') {
      base = { map: base ? merge(base.map, own) : own, diagnostics: faults };
      continue;
    }
    if (verb === 'reset') {
      base = undefined;
      diagnostics.push(...faults);
      if (own.entries.length === 0) continue;
    }
    const added = [...(base?.diagnostics ?? []), ...faults];
    if (action && !['global', 'reset', 'repeat'].includes(verb)) {
      const message = `Unknown action "${verb}"; Sigma has global, reset and repeat`;
      added.push({ severity: 'error', code: 'sigma-unknown-action', message, span: action.value.span });
    }
    if (verb === 'repeat' && !previous) {
      const message = 'There is no rule before this one to repeat';
      added.push({
        severity: 'error',
        code: 'sigma-repeat-without-rule',
        message,
        span: (action as YamlEntry).key.span,
      });
    }
    const map = verb === 'repeat' && previous ? merge(previous, own) : base ? merge(base.map, own) : own;
    previous = map;
    rules.push({ map, span, diagnostics: added });
  }
  return { rules, diagnostics };
}

function merge(base: YamlMap, over: YamlMap): YamlMap {
  const entries = base.entries.map((entry) => {
    const own = over.entries.find((candidate) => candidate.key.text === entry.key.text);
    if (!own) return entry;
    if (own.value.kind === 'map' && entry.value.kind === 'map') return { ...own, value: merge(entry.value, own.value) };
    return own;
  });
  const added = over.entries.filter((entry) => !base.entries.some((known) => known.key.text === entry.key.text));
  return { kind: 'map', entries: [...entries, ...added], span: over.span };
}
