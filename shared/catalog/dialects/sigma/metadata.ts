import type { Logsource, Rule } from '../../../model/rule.ts';
import { LEVELS, type Level } from '../../../model/severity.ts';
import type { Report } from '../../diagnostics.ts';
import { entryOf, type YamlMap, type YamlNode } from '../../yaml/tree.ts';

/** Values of `status` (Sigma specification 2.1). */
export const SIGMA_STATUSES = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'] as const;

type Metadata = Pick<
  Rule,
  | 'title'
  | 'description'
  | 'status'
  | 'level'
  | 'author'
  | 'date'
  | 'references'
  | 'falsePositives'
  | 'tags'
  | 'techniques'
  | 'name'
>;

const DEFAULT_LEVEL: Level = 'informational';
const DEFAULT_TAXONOMY = 'sigma';
const TECHNIQUE = /^attack\.(t\d{4}(?:\.\d{3})?)$/i;

/** Reads what a rule says of itself; what is wrong there is a warning, for it doesn't change what matches. */
export function readMetadata(map: YamlMap, report: Report): Metadata {
  const text = (key: string): string => textOf(map, key, report);
  const title = text('title');
  if (title === '') report.warning('sigma-missing-title', 'The rule has no title', startOf(map));
  else if (title.length > 256) {
    report.warning('sigma-long-title', 'A title has at most 256 characters', spanOfValue(map, 'title'));
  }
  const status = text('status');
  if (status !== '' && !(SIGMA_STATUSES as readonly string[]).includes(status)) {
    const message = `Unknown status "${status}"; Sigma has ${SIGMA_STATUSES.join(', ')}`;
    report.warning('sigma-bad-status', message, spanOfValue(map, 'status'));
  }
  const taxonomy = text('taxonomy');
  if (taxonomy !== '' && taxonomy !== DEFAULT_TAXONOMY) {
    const message = `The taxonomy "${taxonomy}" is not known here: fields and values are taken as they are written`;
    report.warning('sigma-unknown-taxonomy', message, spanOfValue(map, 'taxonomy'));
  }
  const name = text('name');
  const tags = listOf(map, 'tags', report);
  const techniques = tags.flatMap((tag) => TECHNIQUE.exec(tag)?.[1]?.toUpperCase() ?? []);
  return {
    title,
    description: text('description'),
    status,
    level: readLevel(map, report),
    author: text('author'),
    date: text('date'),
    references: listOf(map, 'references', report),
    falsePositives: listOf(map, 'falsepositives', report),
    tags,
    techniques: [...new Set(techniques)],
    ...(name === '' ? {} : { name }),
  };
}

function readLevel(map: YamlMap, report: Report): Level {
  const written = textOf(map, 'level', report);
  if (written === '') return DEFAULT_LEVEL;
  const level = LEVELS.find((known) => known === written.toLowerCase());
  if (!level) {
    const message = `Unknown level "${written}"; taken as ${DEFAULT_LEVEL}. Sigma has ${LEVELS.join(', ')}`;
    report.warning('sigma-bad-level', message, spanOfValue(map, 'level'));
  }
  return level ?? DEFAULT_LEVEL;
}

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The rule's id; where it has none, one made from its text, so that it stays the same as long as the text does. */
export function readId(map: YamlMap, source: string, report: Report): string {
  const id = textOf(map, 'id', report);
  if (id === '') return `text-${textHash(source)}`;
  if (!UUID.test(id)) report.warning('sigma-bad-id', 'The id should be a UUID', spanOfValue(map, 'id'));
  return id;
}

/** Reads `logsource`; undefined, with an error, where nothing in it says where the rule applies. */
export function readLogsource(map: YamlMap, report: Report): Logsource | undefined {
  const entry = entryOf(map, 'logsource');
  if (!entry) {
    report.error('sigma-missing-logsource', 'The rule has no logsource', startOf(map));
    return undefined;
  }
  const value = entry.value;
  if (value.kind !== 'map') {
    report.error('sigma-bad-logsource', 'The logsource must be a map with category, product or service', value.span);
    return undefined;
  }
  const part = (key: string): string | undefined => {
    const written = textOf(value, key, report);
    return written === '' ? undefined : written.toLowerCase();
  };
  const [category, product, service] = [part('category'), part('product'), part('service')];
  if (!category && !product && !service) {
    report.error('sigma-bad-logsource', 'The logsource names no category, product or service', entry.key.span);
    return undefined;
  }
  return { ...(category ? { category } : {}), ...(product ? { product } : {}), ...(service ? { service } : {}) };
}

function textOf(map: YamlMap, key: string, report: Report): string {
  const value = entryOf(map, key)?.value;
  if (!value) return '';
  if (value.kind === 'scalar') return value.type === 'null' ? '' : value.text;
  if (value.kind === 'list' && value.items.every((item) => item.kind === 'scalar')) {
    return value.items.map((item) => item.text).join(', ');
  }
  report.warning('sigma-bad-value-type', `${key} should be text`, value.span);
  return '';
}

function listOf(map: YamlMap, key: string, report: Report): readonly string[] {
  const value = entryOf(map, key)?.value;
  if (!value) return [];
  if (value.kind === 'scalar') return value.type === 'null' ? [] : [value.text];
  if (value.kind === 'map') {
    report.warning('sigma-bad-value-type', `${key} should be a list`, value.span);
    return [];
  }
  return value.items.flatMap((item: YamlNode) => (item.kind === 'scalar' && item.type !== 'null' ? [item.text] : []));
}

function spanOfValue(map: YamlMap, key: string): { start: number; end: number } {
  return entryOf(map, key)?.value.span ?? map.span;
}

/** The first key: a place to say what is missing without underlining the whole rule. */
export function startOf(map: YamlMap): { start: number; end: number } {
  return map.entries[0]?.key.span ?? map.span;
}

/** 53-bit hash of a text as 14 hex digits (two FNV-1a style lanes); to name rules without an id, and texts. */
export function textHash(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x1b873593;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x85ebca6b);
    high ^= low >>> 15;
  }
  return ((high >>> 0) & 0xffffff).toString(16).padStart(6, '0') + (low >>> 0).toString(16).padStart(8, '0');
}
