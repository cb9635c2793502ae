import { readRules } from '../catalog/read.ts';
import type { Diagnostic } from '../model/rule.ts';
import type { Knowledge } from './facts/knowledge.ts';
import { lint } from './lint.ts';
import { mergeDiagnostics } from './merge.ts';
import { readOutline, type Outline } from './text/outline.ts';

/** Everything that is wrong with a rule text, by place. Never throws on bad text. */
export function checkText(text: string, knowledge: Pick<Knowledge, 'techniques'>): Diagnostic[] {
  if (text.trim() === '') return [];
  const outline = readOutline(text);
  const read = readRules(text);
  const all = [...read.diagnostics, ...read.rules.flatMap((rule) => rule.diagnostics), ...lint(outline, knowledge)];
  return mergeDiagnostics(
    all.map((diagnostic) => atOpenQuote(diagnostic, outline)),
    [],
  );
}

/** YAML tells of an open quote where the text ends; the quote itself is the place to mend. */
function atOpenQuote(diagnostic: Diagnostic, outline: Outline): Diagnostic {
  if (diagnostic.code !== 'yaml-syntax' || !diagnostic.message.includes('Missing closing')) return diagnostic;
  const open = outline.lines.find(({ kind, value, index }) => {
    if (kind !== 'content' || (value?.style !== 'open-single' && value?.style !== 'open-double')) return false;
    return outline.lines[index + 1]?.kind !== 'continuation';
  });
  return open?.value ? { ...diagnostic, span: open.value.span } : diagnostic;
}
