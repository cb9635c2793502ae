/** What the editor says of a key of a Sigma document (Sigma specification 2.1, in our own words). */
export interface KeyHelp {
  readonly name: string;
  readonly doc: string;
  /** Inserted after the key; a snippet with `$1`, `${1:text}` and line breaks; indentation unit is a tab. */
  readonly body: string;
}

export const TOP_KEYS: readonly KeyHelp[] = [
  { name: 'title', doc: 'What the rule detects, in one short line (at most 256 characters).', body: ' $0' },
  { name: 'id', doc: 'A UUID that stays with the rule for its life.', body: ' $0' },
  { name: 'status', doc: 'How far the rule has been proven.', body: ' $0' },
  { name: 'description', doc: 'What the rule detects and why it matters.', body: ' $0' },
  { name: 'references', doc: 'Where the idea comes from: a list of links.', body: '\n\t- $0' },
  { name: 'author', doc: 'Who wrote the rule.', body: ' $0' },
  { name: 'date', doc: 'Day the rule was written, as YYYY-MM-DD.', body: ' $0' },
  { name: 'modified', doc: 'Day of the last change of meaning, as YYYY-MM-DD.', body: ' $0' },
  { name: 'tags', doc: 'ATT&CK techniques and tactics, CVE numbers and other labels.', body: '\n\t- $0' },
  {
    name: 'logsource',
    doc: 'Which events the rule looks at. The condition is tried on these only.',
    body: '\n\tcategory: ${1:process_creation}\n\tproduct: ${2:windows}$0',
  },
  {
    name: 'detection',
    doc: 'Named selections of events, and a condition that combines them.',
    body: '\n\tselection:\n\t\t${1:Image}|${2:endswith}: ${3:value}\n\tcondition: selection$0',
  },
  { name: 'fields', doc: 'Fields worth a look when the rule hits.', body: '\n\t- $0' },
  { name: 'falsepositives', doc: 'Known harmless causes of a hit.', body: '\n\t- $0' },
  { name: 'level', doc: 'How much a hit matters.', body: ' $0' },
  {
    name: 'related',
    doc: 'Other rules that this one derives from, replaces or resembles.',
    body: '\n\t- id: $1\n\t  type: $0',
  },
  { name: 'name', doc: 'A short name by which correlation rules can refer to this rule.', body: ' $0' },
  { name: 'taxonomy', doc: 'Which field names the rule uses; `sigma` where absent.', body: ' $0' },
  { name: 'license', doc: 'SPDX id of the licence of the rule.', body: ' $0' },
  { name: 'scope', doc: 'Where the rule applies: a list in free words.', body: '\n\t- $0' },
  {
    name: 'correlation',
    doc: 'Relates hits of other rules: counts, values, or order within a time span.',
    body: '\n\ttype: ${1:event_count}\n\trules:\n\t\t- ${2:rule}\n\tgroup-by:\n\t\t- ${3:Computer}\n\ttimespan: ${4:5m}\n\tcondition:\n\t\tgte: ${5:10}$0',
  },
  {
    name: 'filter',
    doc: 'Takes events away from other rules: harmless ones of this site.',
    body: '\n\trules:\n\t\t- ${1:rule id}\n\tselection:\n\t\t${2:Field}: ${3:value}\n\tcondition: not selection$0',
  },
];

export const LOGSOURCE_KEYS: readonly KeyHelp[] = [
  {
    name: 'category',
    doc: 'Kind of event, whatever the product: `process_creation`, `dns_query` and so on.',
    body: ' $0',
  },
  { name: 'product', doc: 'Product or operating system: `windows`, `linux` and so on.', body: ' $0' },
  { name: 'service', doc: 'One log of a product: `security`, `sysmon` and so on.', body: ' $0' },
  { name: 'definition', doc: 'What must be configured so that the events are written at all.', body: ' $0' },
];

export const CORRELATION_KEYS: readonly KeyHelp[] = [
  { name: 'type', doc: 'What is computed over the hits.', body: ' $0' },
  { name: 'rules', doc: 'Names or ids of the rules whose hits are related.', body: '\n\t- $0' },
  { name: 'group-by', doc: 'Fields whose values must agree.', body: '\n\t- $0' },
  { name: 'timespan', doc: 'Longest time between the first and the last hit: `30s`, `5m`, `2h`, `1d`.', body: ' $0' },
  { name: 'condition', doc: 'The bound that the count or value must reach.', body: '\n\tgte: $0' },
  {
    name: 'aliases',
    doc: 'One name for fields that the rules call differently.',
    body: '\n\t${1:alias}:\n\t\t${2:rule}: ${3:field}$0',
  },
  { name: 'generate', doc: 'Whether the related rules also give their own hits.', body: ' ${1:true}$0' },
];

export const CORRELATION_CONDITION_KEYS: readonly KeyHelp[] = [
  { name: 'gte', doc: 'At least this number.', body: ' $0' },
  { name: 'gt', doc: 'More than this number.', body: ' $0' },
  { name: 'lte', doc: 'At most this number.', body: ' $0' },
  { name: 'lt', doc: 'Fewer than this number.', body: ' $0' },
  { name: 'eq', doc: 'Exactly this number.', body: ' $0' },
  { name: 'neq', doc: 'Any number but this.', body: ' $0' },
  { name: 'field', doc: 'The field whose values are counted or added up.', body: ' $0' },
];

/** A word that a key takes as its value. */
export interface WordHelp {
  readonly word: string;
  readonly doc: string;
}

export const LEVEL_WORDS: readonly WordHelp[] = [
  { word: 'informational', doc: 'Context only; never an alert by itself.' },
  { word: 'low', doc: 'Worth a look when there is time, or together with others.' },
  { word: 'medium', doc: 'Should be looked at; false positives are likely.' },
  { word: 'high', doc: 'Should be looked at soon; few false positives.' },
  { word: 'critical', doc: 'Must be looked at now; a hit means an incident.' },
];

export const STATUS_WORDS: readonly WordHelp[] = [
  { word: 'experimental', doc: 'New: not tried outside the lab.' },
  { word: 'test', doc: 'Tried on a few systems without obvious false positives.' },
  { word: 'stable', doc: 'Tried on many systems for a long time.' },
  { word: 'deprecated', doc: 'Replaced by another rule: see `related`.' },
  { word: 'unsupported', doc: 'Cannot be used as it is.' },
];

export const RELATED_WORDS: readonly WordHelp[] = [
  { word: 'derived', doc: 'Made from that rule, which lives on.' },
  { word: 'obsolete', doc: 'Replaces that rule.' },
  { word: 'merged', doc: 'Made from several rules put together.' },
  { word: 'renamed', doc: 'The same rule under a new id.' },
  { word: 'similar', doc: 'Detects nearly the same.' },
];

export const CORRELATION_WORDS: readonly WordHelp[] = [
  { word: 'event_count', doc: 'Number of hits in the time span.' },
  { word: 'value_count', doc: 'Number of distinct values of a field.' },
  { word: 'temporal', doc: 'All rules hit within the time span, in any order.' },
  { word: 'temporal_ordered', doc: 'All rules hit within the time span, in the order given.' },
  { word: 'value_sum', doc: 'Sum of a numeric field.' },
  { word: 'value_avg', doc: 'Mean of a numeric field.' },
  { word: 'value_percentile', doc: 'Percentile of a numeric field.' },
];

export const OTHER_TAGS: readonly WordHelp[] = [
  { word: 'detection.threat-hunting', doc: 'A rule for hunting: expects many hits.' },
  { word: 'detection.emerging-threats', doc: 'A rule for one current threat.' },
  { word: 'detection.dfir', doc: 'A rule for forensic work.' },
  { word: 'tlp.clear', doc: 'May be shared with everybody.' },
  { word: 'tlp.green', doc: 'May be shared within the community.' },
  { word: 'tlp.amber', doc: 'May be shared with those who need to know and their clients.' },
  { word: 'tlp.amber-strict', doc: 'May be shared within the organisation only.' },
  { word: 'tlp.red', doc: 'For the named recipients only.' },
];

/** The keys that may stand under a path of a Sigma document; undefined where the names are the author's own. */
export function keysAt(path: readonly string[]): readonly KeyHelp[] | undefined {
  const [first, second] = path;
  if (first === undefined) return TOP_KEYS;
  if (path.length === 1 && first === 'logsource') return LOGSOURCE_KEYS;
  if (path.length === 1 && first === 'correlation') return CORRELATION_KEYS;
  if (path.length === 2 && first === 'correlation' && second === 'condition') return CORRELATION_CONDITION_KEYS;
  return undefined;
}
