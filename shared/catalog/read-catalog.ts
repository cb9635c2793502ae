import { positionAt } from '../model/span.ts';
import type { CatalogRule, CatalogText } from './catalog-rule.ts';
import type { Dialect } from './detect.ts';
import { readElastic } from './dialects/elastic/read.ts';
import { readKusto } from './dialects/kusto/read.ts';
import type { SplunkMacro } from './dialects/splunk/macro.ts';
import { readSplunk } from './dialects/splunk/read.ts';
import { normaliseRule, type CatalogMappings } from './normalise/normalise.ts';
import type { NormalisedRule, NotParsed } from './normalise/normalised-rule.ts';
import { readSigmaCatalog } from './sigma-catalog.ts';

export type RuleDialect = Exclude<Dialect, 'splunk-macro'>;

/** What the catalog keeps of one file. */
export interface CatalogFileRules {
  readonly rules: readonly NormalisedRule[];
  /** Faults that belong to no rule: the file, or a document of it, could not be read. */
  readonly faults: readonly NotParsed[];
  /** For a file with faults: the technique ids that stand in its text, since no rule could say them. */
  readonly mentions: readonly string[];
}

/** Reads a file's rules in their dialect. Never throws on any text. */
export function readDialect(
  dialect: RuleDialect,
  text: string,
  fileName: string,
  macros: ReadonlyMap<string, SplunkMacro>,
): CatalogText {
  try {
    return readIn(dialect, text, fileName, macros);
  } catch (error) {
    // The readers have limits of their own; what is nested in a way that they don't know of ends here.
    if (!(error instanceof RangeError)) throw error;
    const span = { start: 0, end: Math.min(1, text.length) };
    const message = 'The file is nested too deeply to be read';
    return { rules: [], diagnostics: [{ severity: 'error', code: 'rule-too-deep', message, span }] };
  }
}

function readIn(
  dialect: RuleDialect,
  text: string,
  fileName: string,
  macros: ReadonlyMap<string, SplunkMacro>,
): CatalogText {
  switch (dialect) {
    case 'sigma':
      return readSigmaCatalog(text);
    case 'elastic':
      return readElastic(text, fileName);
    case 'splunk':
      return readSplunk(text, fileName, macros);
    case 'kusto':
      return readKusto(text, fileName);
  }
}

const TECHNIQUE = /\bT\d{4}(?:\.\d{3})?\b/gi;

/**
 * Reads a file and brings its rules into the catalog's language.
 * @param fileName path of the file, as much as is known: folders tell platforms.
 */
export function readCatalogFile(
  dialect: RuleDialect,
  text: string,
  fileName: string,
  macros: ReadonlyMap<string, SplunkMacro>,
  mappings: CatalogMappings,
): CatalogFileRules {
  const { rules, diagnostics } = readDialect(dialect, text, fileName, macros);
  // What stands broken in a text makes more faults behind it: the first one says where to look.
  const lost = rules.filter(isLost).flatMap(({ notParsed }) => notParsed.slice(0, 1));
  const faults = [...diagnostics, ...lost]
    .filter(({ severity }) => severity === 'error')
    .map(({ message, span }) => ({ isError: true, reason: message, ...positionAt(text, span.start) }));
  const mentions = faults.length > 0 ? [...text.matchAll(TECHNIQUE)].map(([id]) => id.toUpperCase()) : [];
  return {
    rules: rules.map((rule, position) => normaliseRule(rule, { text, fileName, position }, mappings)),
    faults,
    mentions: [...new Set(mentions)],
  };
}

/** Whether a rule's text is so broken that what it says of its techniques may be missing. */
function isLost({ notParsed, techniques }: CatalogRule): boolean {
  return techniques.length === 0 && notParsed[0]?.code.startsWith('yaml-') === true;
}
