import { detectDialect } from '../catalog/detect.ts';
import type { Placeholders } from '../catalog/dialects/sigma/detection.ts';
import { readRules } from '../catalog/read.ts';
import { readAnyRules, type Macros } from '../catalog/run/read-rules.ts';
import type { RunMappings } from '../catalog/run/runnable.ts';
import type { Diagnostic } from '../model/rule.ts';
import type { Knowledge } from './facts/knowledge.ts';
import { lint } from './lint.ts';
import { mergeDiagnostics } from './merge.ts';
import { readOutline, type Outline } from './text/outline.ts';

/** What a check knows besides the text. */
export interface CheckContext extends Pick<Knowledge, 'techniques'> {
  /** What running rules of other vendors needs; asked for only where there is one. */
  readonly mappings: () => RunMappings;
}

/** A text to be checked. */
export interface CheckedText {
  readonly text: string;
  /** Its ending helps to tell the vendor. */
  readonly fileName: string;
  /** The user's lists for placeholders. */
  readonly placeholders?: Placeholders;
}

/** Only the engine knows the search macros of the folders that are open. */
const NO_MACROS: Macros = new Map();
const NEEDS_MACROS = 'splunk-macro';

/** Everything that is wrong with a rule text of any vendor, by place. Never throws on bad text. */
export function checkText({ text, fileName, placeholders = {} }: CheckedText, context: CheckContext): Diagnostic[] {
  if (text.trim() === '') return [];
  if ((detectDialect(text, fileName) ?? 'sigma') !== 'sigma') {
    const { rules, diagnostics } = readAnyRules(text, fileName, context.mappings, NO_MACROS);
    const all = [...diagnostics, ...rules.flatMap((rule) => rule.diagnostics)];
    return mergeDiagnostics(
      all.filter(({ code }) => code !== NEEDS_MACROS),
      [],
    );
  }
  const outline = readOutline(text);
  const read = readRules(text, fileName, { placeholders });
  const all = [...read.diagnostics, ...read.rules.flatMap((rule) => rule.diagnostics), ...lint(outline, context)];
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
