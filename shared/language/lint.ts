import type { Diagnostic } from '../model/rule.ts';
import { isConditionPath, isSelectionPath } from './text/context.ts';
import { nearestWords } from './edit-distance.ts';
import { TOP_KEYS } from './facts/sigma-keys.ts';
import type { Knowledge } from './facts/knowledge.ts';
import { childrenOf, pathOf, topKey, type Outline, type OutlineLine } from './text/outline.ts';
import { documentCount } from './text/selections.ts';

const TOP_NAMES = TOP_KEYS.map((key) => key.name);

/** Advice beyond what the reader must say: never an error, since the rule runs all the same. */
export function lint(outline: Outline, knowledge: Pick<Knowledge, 'techniques'>): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (let document = 0; document < documentCount(outline); document++) {
    const tops = childrenOf(outline, -1, document).filter((line) => line.key !== undefined);
    if (tops.length === 0 || topKey(outline, document, 'action')) continue;
    lintTop(outline, document, tops, found);
  }
  for (const line of outline.lines) {
    if (line.kind !== 'content') continue;
    lintTag(outline, line, knowledge, found);
    lintColon(outline, line, found);
  }
  return found;
}

function lintTop(outline: Outline, document: number, tops: readonly OutlineLine[], found: Diagnostic[]): void {
  const names = tops.map((line) => line.key?.text ?? '');
  const first = tops[0]?.key?.span;
  if (!first) return;
  const isRule = topKey(outline, document, 'detection') !== undefined || names.includes('title');
  if (isRule && !names.includes('id')) {
    const message = 'The rule has no id: hits and exclusions cannot refer to it';
    found.push({ severity: 'info', code: 'lint-missing-id', message, span: first });
  }
  if (names.includes('detection') && !names.includes('level')) {
    const message = 'The rule has no level: its hits count as informational';
    found.push({ severity: 'info', code: 'lint-missing-level', message, span: first });
  }
  for (const { key } of tops) {
    if (!key || TOP_NAMES.includes(key.text)) continue;
    const near = nearestWords(
      key.text,
      TOP_NAMES.filter((name) => !names.includes(name)),
      1,
    )[0];
    if (near === undefined) continue;
    const message = `Unknown key ${key.text}: did you mean ${near}?`;
    found.push({ severity: 'warning', code: 'lint-unknown-key', message, span: key.span });
  }
}

function lintTag(
  outline: Outline,
  line: OutlineLine,
  knowledge: Pick<Knowledge, 'techniques'>,
  found: Diagnostic[],
): void {
  if (!line.value || (pathOf(outline, line)[0] ?? line).key?.text !== 'tags') return;
  const text = outline.text.slice(line.value.span.start, line.value.span.end);
  for (const match of text.matchAll(/attack\.(t\d+(?:\.\d+)?)/gi)) {
    const id = (match[1] ?? '').toUpperCase();
    if (knowledge.techniques.has(id)) continue;
    const start = line.value.span.start + match.index;
    const span = { start, end: start + match[0].length };
    const message = `${id} is not in ATT&CK Enterprise 17: withdrawn, newer, or mistyped`;
    found.push({ severity: 'info', code: 'lint-unknown-technique', message, span });
  }
}

/** `Image:x` without a blank is one word to YAML, and so becomes a keyword search. */
function lintColon(outline: Outline, line: OutlineLine, found: Diagnostic[]): void {
  if (line.key || line.value?.style !== 'plain') return;
  const path = pathOf(outline, line).map((holder) => holder.key?.text ?? '');
  if (isConditionPath(path) || !isSelectionPath(path) || path.length !== 2) return;
  const { start, end } = line.value.span;
  const match = /^([A-Za-z_][\w.-]*(?:\|\w+)*):(?=[^\s\\/:])/.exec(outline.text.slice(start, end));
  if (!match) return;
  const message = 'A blank is missing after the colon: YAML takes this as one word, which is then searched for';
  found.push({ severity: 'warning', code: 'lint-colon-blank', message, span: { start, end: start + match[0].length } });
}
