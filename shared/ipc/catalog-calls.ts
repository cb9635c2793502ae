import { z } from 'zod';
import { FAULT_CODES } from '../model/fault.ts';
import { OPS } from '../model/predicate.ts';
import { VENDORS } from '../model/rule.ts';
import { LEVELS } from '../model/severity.ts';

/** The catalog's part of the contract: rules of all vendors in one language, by technique, event, field and value. */

const count = z.number().int().min(0);
const span = z.object({ start: z.number().int(), end: z.number().int() });
const vendor = z.enum(VENDORS);
const op = z.enum(OPS);
const level = z.enum(LEVELS);
const scope = z.enum(['windows', 'all']);
const techniqueId = z.string().max(32);
const named = z.object({ id: z.string(), name: z.string() });
const counted = z.object({ name: z.string(), rules: count });

/** Which rules a page is made of. An empty list narrows nothing. */
export const catalogChoice = z.object({
  /** `windows`: only rules over Windows events, also in the reach. */
  scope,
  /** Whether a technique's page has the rules of its sub-techniques. */
  subtechniques: z.boolean(),
  vendors: z.array(vendor).max(8),
  platforms: z.array(z.string().max(64)).max(64),
  levels: z.array(level).max(8),
  statuses: z.array(z.string().max(64)).max(64),
});
export type CatalogChoice = z.infer<typeof catalogChoice>;

const event = z.object({ channel: z.string(), eventId: z.number().int().nullable(), title: z.string() });
export type CatalogEventName = z.infer<typeof event>;

/** A rule in a list. */
export const catalogRuleRef = z.object({
  /** Key of the rule; stays the same while its file keeps its place. */
  rule: z.string(),
  vendor,
  language: z.string(),
  title: z.string(),
  level,
  status: z.string(),
  platforms: z.array(z.string()),
  events: z.array(z.object({ channel: z.string(), eventId: z.number().int().nullable() })),
  /** Display path of its file. */
  file: z.string(),
  /** Whether some of it was not understood. */
  isPartly: z.boolean(),
});
export type CatalogRuleRef = z.infer<typeof catalogRuleRef>;

/** The field of the open logs that a canonical field stands for; `name` where only the last part of its path is meant. */
const logField = z.object({ field: z.string(), part: z.enum(['whole', 'name']) }).nullable();
export type LogField = z.infer<typeof logField>;

const fieldRow = z.object({
  field: z.string(),
  /** Names as vendors write them, those of most rules first. */
  native: z.array(z.string()),
  rules: count,
  /** Rules by operator, most first. */
  how: z.array(z.object({ op, rules: count })),
  samples: z.array(z.string()),
  /** Its tests say which events a rule reads. */
  isScope: z.boolean(),
  logField,
});
export type CatalogFieldRow = z.infer<typeof fieldRow>;

const indicatorRow = z.object({
  field: z.string(),
  op,
  value: z.string(),
  rules: count,
  /** Rules of the whole catalog, within the scope, that check the same. */
  reach: count,
  isScope: z.boolean(),
  logField,
  /** For `match`: the expression as the matcher is to run it, with its language's anchors and flags; else null. */
  pattern: z.string().nullable(),
  /** The one vendor whose rules check it, anywhere in the catalog; null where several do. */
  onlyVendor: vendor.nullable(),
});
export type CatalogIndicatorRow = z.infer<typeof indicatorRow>;

const exclusionRow = indicatorRow.omit({ reach: true, isScope: true, onlyVendor: true });
export type CatalogExclusionRow = z.infer<typeof exclusionRow>;

/** A place of a file that could not be read. */
export const catalogNotParsed = z.object({
  file: z.string(),
  /** Key of the rule, or null where no rule came out. */
  rule: z.string().nullable(),
  title: z.string(),
  vendor: vendor.nullable(),
  isError: z.boolean(),
  reason: z.string(),
  line: z.number().int(),
  column: z.number().int(),
});
export type CatalogNotParsed = z.infer<typeof catalogNotParsed>;

/** The tables of a set of rules: all rows. */
const guide = z.object({
  revision: z.number().int(),
  vendors: z.record(vendor, count),
  events: z.array(event.extend({ rules: count })),
  fields: z.array(fieldRow),
  indicators: z.array(indicatorRow),
  exclusions: z.array(exclusionRow),
  rules: z.array(catalogRuleRef),
  notParsed: z.array(catalogNotParsed),
  /** What the rules can be narrowed by, counted before they are. */
  facets: z.object({
    vendors: z.array(counted),
    platforms: z.array(counted),
    levels: z.array(counted),
    statuses: z.array(counted),
  }),
});
export type CatalogGuide = z.infer<typeof guide>;

const techniqueLine = named.extend({
  /** Tactic names, such as `command-and-control`. */
  tactics: z.array(z.string()),
  /** Rules tagged with it; a technique's do not include its sub-techniques'. */
  vendors: z.record(vendor, count),
  /** Rules of it and its sub-techniques, each once. */
  all: count,
  /** Hits of the enabled rules tagged with it (its sub-techniques' included) in the open logs. */
  hits: count,
});
export type CatalogTechniqueLine = z.infer<typeof techniqueLine>;

/** An indicator that rules of one vendor alone look for, where rules of several are on the page. */
const gap = z.object({
  field: z.string(),
  op,
  value: z.string(),
  vendor,
});

const techniquePage = guide.extend({
  technique: named,
  /** What one vendor has and the others of the page lack; rows of `indicators`. */
  gaps: z.array(gap),
  tactics: z.array(named),
  /** A short text of our own, where there is one. */
  description: z.string().nullable(),
  parent: named.nullable(),
  subtechniques: z.array(named.extend({ rules: count })),
});
export type CatalogTechniquePage = z.infer<typeof techniquePage>;

const eventPage = guide.extend({
  event,
  techniques: z.array(named.extend({ rules: count })),
});
export type CatalogEventPage = z.infer<typeof eventPage>;

const predicate = z.object({
  field: z.string(),
  native: z.string(),
  op,
  nativeOp: z.string(),
  values: z.array(z.string()),
  quantifier: z.enum(['any', 'all']),
  negated: z.boolean(),
  /** `indicator`, `exclusion`, `negated` (neither), `scope`, or `absent` (of an event that must not be there). */
  role: z.enum(['indicator', 'exclusion', 'negated', 'scope', 'absent']),
  /** Its way down the tree, such as `AND[1]/OR[0]`. */
  context: z.string(),
  caseSensitive: z.boolean(),
  derived: z.object({ field: z.string(), values: z.array(z.string()) }).nullable(),
  placeholders: z.array(z.string()),
  span,
  logField,
});
export type CatalogPredicate = z.infer<typeof predicate>;

const rulePage = catalogRuleRef.extend({
  id: z.string(),
  description: z.string(),
  author: z.string(),
  date: z.string(),
  techniques: z.array(named),
  events: z.array(event),
  /** What it says of its logs in its vendor's terms, such as `logsource: process_creation/windows/`. */
  sources: z.array(z.object({ kind: z.string(), name: z.string() })),
  /** In words, '' where it tests single events. */
  sequence: z.string(),
  predicates: z.array(predicate),
  notParsed: z.array(z.object({ isError: z.boolean(), reason: z.string(), line: z.number(), column: z.number() })),
  /** Why it cannot run on the open logs; '' where it can. */
  notRunnable: z.string(),
  /** A Splunk search with its macros put in; '' for other rules, and where it calls none that is known. */
  expanded: z.string(),
  /** The whole file; null with `textFault` where it could not be read again. */
  text: z.string().nullable(),
  textFault: z.string(),
  /** Whether the file is another than when the catalog was built, so that places may be off. */
  hasChanged: z.boolean(),
  span,
  querySpan: span,
  /** The same rule in the rule set, where it is loaded. */
  loaded: z.object({ rule: z.string(), hits: count, enabled: z.boolean() }).nullable(),
});
export type CatalogRulePage = z.infer<typeof rulePage>;

/** What two rules look for alike. */
const common = z.object({
  /** 0 to 1: the weight of what both look for over that of what either does; a rare value weighs more. */
  similarity: z.number(),
  /** Values that both look for, those of fewest rules first. */
  shared: z.array(z.object({ field: z.string(), op, value: z.string() })),
});
const similarRule = common.extend({
  rule: catalogRuleRef,
  techniques: z.array(z.string()),
  /** How many values each of the two looks for. */
  ofThis: count,
  ofOther: count,
});
export type CatalogSimilarRule = z.infer<typeof similarRule>;

const overlap = common.extend({ a: catalogRuleRef, b: catalogRuleRef, ofA: count, ofB: count });
export type CatalogOverlap = z.infer<typeof overlap>;

const summary = z.object({
  /** Grows with every rebuild: what was asked at an older one may have changed. */
  revision: z.number().int(),
  isBuilding: z.boolean(),
  folders: z.array(z.object({ folder: z.string(), name: z.string(), rules: count, isOwn: z.boolean() })),
  files: count,
  /** Files that were read anew at the last build, the others coming from the cache. */
  filesRead: count,
  /** Files with a rule file's ending that hold no rule. */
  others: count,
  rules: count,
  windowsRules: count,
  techniques: count,
  vendors: z.record(vendor, count),
  /** By language: rules, those fully understood, in part, and not at all. */
  parse: z.array(z.object({ vendor, language: z.string(), rules: count, full: count, part: count, none: count })),
  notParsed: count,
  /** Files and folders that could not be opened. */
  faults: z.array(z.object({ code: z.enum(FAULT_CODES), message: z.string(), file: z.string().optional() })),
  elapsedMs: z.number(),
});
export type CatalogSummary = z.infer<typeof summary>;

const hints = z.object({
  /** Those of most rules first. */
  fields: z.array(
    z.object({
      /** Its names in the open logs, which differ by event: `SourceIp`, `IpAddress`. */
      names: z.array(z.string()),
      rules: count,
      vendors: count,
      how: z.array(z.object({ op, rules: count })),
    }),
  ),
  /** Tests of the wanted field, as the logs are asked; those of most rules first. */
  values: z.array(z.object({ op, value: z.string(), rules: count, vendors: count })),
});
export type CatalogHints = z.infer<typeof hints>;

const value = z.object({ field: z.string().max(512), op, value: z.string().max(65_536) });
const exportFormat = z.enum(['json', 'csv', 'html', 'md']);
export type CatalogExportFormat = z.infer<typeof exportFormat>;
const pageInput = z.object({ technique: techniqueId, choice: catalogChoice });

export const catalogCalls = {
  /** The first call builds the catalog; calls wait for that. */
  'catalog.summary': { input: z.object({}), output: summary },
  /** Adds rule folders or files to the catalog and builds it anew; only what changed is read. */
  'catalog.open': {
    input: z.object({ handles: z.array(z.string()).min(1) }),
    output: z.object({ job: z.string() }),
  },
  /** Takes a folder out of the catalog; its files are untouched. */
  'catalog.close': { input: z.object({ folder: z.string() }), output: z.object({ job: z.string() }) },
  /** Looks for changes in the folders' files. */
  'catalog.refresh': { input: z.object({}), output: z.object({ job: z.string() }) },
  /** Every technique that ATT&CK or a rule names. */
  'catalog.techniques': { input: z.object({ scope }), output: z.array(techniqueLine) },
  'catalog.technique': { input: pageInput, output: techniquePage },
  'catalog.event': {
    input: z.object({
      channel: z.string().max(512),
      eventId: z.number().int().nullable(),
      choice: catalogChoice,
    }),
    output: eventPage,
  },
  'catalog.rule': { input: z.object({ rule: z.string().max(2048) }), output: rulePage },
  /** Rules that look for a value, and those that leave it out. */
  'catalog.indicator': {
    input: value.extend({ scope }),
    output: z.object({ rules: z.array(catalogRuleRef), excludedBy: z.array(catalogRuleRef) }),
  },
  /** All values of a field, on a technique's page or (null) in the whole catalog; most rules first. */
  'catalog.field': {
    input: z.object({ field: z.string().max(512), technique: techniqueId.nullable(), choice: catalogChoice }),
    output: z.object({
      field: z.string(),
      /** `path`, `text`, `ip`, …; '' where the mapping does not know the field. */
      kind: z.string(),
      logField,
      native: z.array(z.object({ vendor, name: z.string(), rules: count })),
      rules: count,
      values: z.array(indicatorRow.extend({ excluded: count })),
    }),
  },
  /** What rules of some techniques (of none: all rules on Windows events) test, in the fields that the open logs have. */
  'catalog.hints': {
    input: z.object({
      techniques: z.array(techniqueId).max(32),
      /** The field whose values are wanted, by its name in the logs; null for none. */
      field: z.string().max(512).nullable(),
      /** What rules leave out instead of what they look for. */
      isExcluded: z.boolean(),
    }),
    output: hints,
  },
  'catalog.search': {
    input: z.object({ words: z.string().max(512), scope, limit: z.number().int().min(1).max(200) }),
    output: z.object({
      techniques: z.array(named.extend({ rules: count })),
      events: z.array(event.extend({ rules: count })),
      fields: z.array(z.object({ field: z.string(), native: z.array(z.string()), rules: count, logField })),
      values: z.array(indicatorRow),
      rules: z.array(catalogRuleRef),
      /** Everything that fits, by kind, shown or not. */
      totals: z.object({ techniques: count, events: count, fields: count, values: count, rules: count }),
    }),
  },
  /** Rules that look for the same as one, of any technique; those of other vendors first, then most similar first. */
  'catalog.similar': {
    input: z.object({ rule: z.string().max(2048), scope }),
    output: z.array(similarRule),
  },
  /** Pairs of a technique's rules that look for the same, most similar first. */
  'catalog.overlap': {
    input: pageInput.extend({ isAcrossVendors: z.boolean(), limit: z.number().int().min(1).max(1000) }),
    output: z.object({ total: count, pairs: z.array(overlap) }),
  },
  'catalog.notParsed': {
    input: z.object({ limit: z.number().int().min(1).max(20_000) }),
    output: z.object({ total: count, rows: z.array(catalogNotParsed) }),
  },
  /** A technique's page as Markdown, for the clipboard. */
  'catalog.markdown': { input: pageInput, output: z.object({ text: z.string() }) },
  /** Writes a technique's page where the user says; null means the user cancelled. */
  'catalog.export': {
    input: pageInput.extend({ format: exportFormat }),
    output: z.object({ name: z.string().nullable() }),
  },
  /** How many events of the open logs fulfil each test, over all events whatever the view shows. */
  'case.count': {
    input: z.object({ tests: z.array(value).max(500) }),
    /** Null where the test cannot be made, as of a regular expression that the engine refuses. */
    output: z.object({ events: count, counts: z.array(count.nullable()) }),
  },
  /** The kinds of events in the open logs. */
  'case.kinds': {
    input: z.object({}),
    output: z.array(
      z.object({
        channel: z.string(),
        /** Of events without a channel, such as the table of a Defender export; '' for others. */
        provider: z.string(),
        eventId: z.number().int().nullable(),
        events: count,
      }),
    ),
  },
} as const;

export const catalogStreams = {
  /** The catalog was built anew. */
  'catalog.changed': z.object({ revision: z.number().int() }),
} as const;
