import { isMap } from 'yaml';
import { parseLeniently } from './yaml/lenient.ts';

/** Which reader a rule file belongs to; `splunk-macro` holds no rule but is needed to read others. */
export const DIALECTS = ['sigma', 'elastic', 'splunk', 'splunk-macro', 'kusto'] as const;
export type Dialect = (typeof DIALECTS)[number];

/** Ends of names that rule files have. */
export const RULE_FILE_NAME = /\.(?:ya?ml|toml|md|markdown|kql|kusto|csl|spl|eql|esql)$/i;

/** Top-level keys that tell a YAML dialect, in the order of asking: Splunk's detections also have a `filter`-like key. */
const YAML_KEYS: readonly (readonly [RegExp, Dialect])[] = [
  [/^(?:detection|logsource|correlation|action)[ \t]*:/m, 'sigma'],
  [/^query[ \t]*:/m, 'kusto'],
  [/^search[ \t]*:/m, 'splunk'],
  [/^definition[ \t]*:/m, 'splunk-macro'],
  [/^filter[ \t]*:/m, 'sigma'],
];

/** A fence that may hold KQL: named so, or by the names that collections of KQL use for its colours, or not named. */
const FENCE = /^[ \t]*(?:```|~~~)[ \t]*(?:kql|kusto|c#|csharp)?/im;

/**
 * Tells a rule file's dialect by its content; undefined where it is no rule.
 * @param fileName its ending says which contents are possible; without a known one, all are asked for.
 */
export function detectDialect(text: string, fileName: string): Dialect | undefined {
  const ending = /\.([a-z]+)$/i.exec(fileName)?.[1]?.toLowerCase();
  switch (ending) {
    case 'toml':
      return isElastic(text) ? 'elastic' : undefined;
    case 'md':
    case 'markdown':
      return FENCE.test(text) ? 'kusto' : undefined;
    case 'yml':
    case 'yaml':
      return yamlDialect(text) ?? parsedDialect(text);
    // Files that hold nothing but a query.
    case 'kql':
    case 'kusto':
    case 'csl':
      return isQuery(text, /\S/) ? 'kusto' : undefined;
    // Packages of Splunk apps have this ending too.
    case 'spl':
      return isQuery(text, /[|=`]/) ? 'splunk' : undefined;
    case 'eql':
      return isQuery(text, /\bwhere\b/i) ? 'elastic' : undefined;
    case 'esql':
      return isQuery(text, /\b(?:from|row|ts|show)\b/i) ? 'elastic' : undefined;
    default:
      return isElastic(text) ? 'elastic' : yamlDialect(text);
  }
}

function isQuery(text: string, mark: RegExp): boolean {
  return mark.test(text) && !text.includes('\0');
}

function isElastic(text: string): boolean {
  return /^[ \t]*\[rule\]/m.test(text);
}

function yamlDialect(text: string): Dialect | undefined {
  return YAML_KEYS.find(([key]) => key.test(text))?.[1];
}

/**
 * The dialect of a YAML file whose keys do not stand plainly at the beginning of lines: in quotes, or in a map in
 * braces. What is no YAML at all is held for a rule that its author broke: left out, nobody would miss it.
 */
function parsedDialect(text: string): Dialect | undefined {
  const documents = parseLeniently(text);
  if (!documents || documents.some(({ errors }) => errors.length > 0)) return 'sigma';
  const keys = documents.flatMap(({ contents }) =>
    isMap(contents) ? contents.items.map(({ key }) => String(key)) : [],
  );
  return yamlDialect(keys.map((key) => `${key}:`).join('\n'));
}
