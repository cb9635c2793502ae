import { z } from 'zod';
import { FAULT_CODES, REMEDIES } from '../model/fault.ts';
import { viewFilter } from '../model/filter.ts';
import { csvMapping } from '../model/csv-mapping.ts';
import { openOptions } from '../model/open-options.ts';
import { LEVELS } from '../model/severity.ts';
import { NOTE_LIMIT, TAGS } from '../model/tag.ts';
import { catalogCalls, catalogStreams } from './catalog-calls.ts';
import { coverageCalls } from './coverage-calls.ts';
import { messageCalls } from './message-calls.ts';

/**
 * Everything the window can ask of the main process, and everything it is told. One entry a call; client and
 * handler types are derived, so a missing handler does not compile. Times are microseconds since the epoch, UTC.
 * Values are JSON. The window never sees a path: only display names and opaque handles.
 */

const span = z.object({ start: z.number().int(), end: z.number().int() });
const level = z.enum(LEVELS);
const tag = z.enum(TAGS);

export const faultSchema = z.object({
  code: z.enum(FAULT_CODES),
  message: z.string(),
  detail: z.string().optional(),
  span: span.optional(),
  offset: z.number().optional(),
  line: z.number().optional(),
  file: z.string().optional(),
  remedy: z.enum(REMEDIES).optional(),
});

export const diagnosticSchema = z.object({
  severity: z.enum(['error', 'warning', 'info']),
  code: z.string(),
  message: z.string(),
  span,
});

/** A file or folder the user granted by a dialog, a drop or the command line. */
export const grantSchema = z.object({ handle: z.string(), name: z.string(), isFolder: z.boolean() });
export type Grant = z.infer<typeof grantSchema>;

/** One line of the ledger: a file that was opened, or could not be. */
export const sourceSchema = z.object({
  source: z.number().int(),
  /** Path relative to what the user opened. */
  name: z.string(),
  format: z.string(),
  bytes: z.number(),
  state: z.enum(['waiting', 'reading', 'read', 'partial', 'failed', 'skipped']),
  /** Records read in the ordinary way. */
  events: z.number().int(),
  /** Records recovered from slack space or damaged chunks; not counted in `events`. */
  recovered: z.number().int(),
  /** Records that were there and could not be read. */
  damaged: z.number().int(),
  /** Records that were read and left out, as the options of the open call (time range, channels) asked for. */
  leftOut: z.number().int(),
  /** All faults of the file, and the first 100 of them. */
  faultCount: z.number().int(),
  faults: z.array(faultSchema),
  firstUs: z.number().nullable(),
  lastUs: z.number().nullable(),
});
export type SourceLine = z.infer<typeof sourceSchema>;

export const jobSchema = z.object({
  job: z.string(),
  kind: z.enum(['ingest', 'match', 'save', 'open-case', 'export', 'catalog', 'messages']),
  state: z.enum(['running', 'done', 'cancelled', 'failed']),
  filesDone: z.number().int(),
  filesTotal: z.number().int(),
  bytesDone: z.number(),
  bytesTotal: z.number(),
  events: z.number().int(),
  eventsPerSecond: z.number(),
  /** What it is at now, for display. */
  current: z.string(),
  fault: faultSchema.optional(),
});
export type JobProgress = z.infer<typeof jobSchema>;

export const caseSummarySchema = z.object({
  /** Grows with every change of events, rules or hits: views opened at an older revision are stale. */
  revision: z.number().int(),
  /** Display name of the case file, or '' where it was never saved. */
  name: z.string(),
  unsaved: z.boolean(),
  /** Recovered ones are not among them. */
  events: z.number().int(),
  recovered: z.number().int(),
  damaged: z.number().int(),
  /** Records left out by the options they were opened with. */
  leftOut: z.number().int(),
  /** How much of what a case can hold is used. */
  capacity: z.object({
    /** 0 to 1, of whichever limit is nearest. */
    used: z.number(),
    /** `near` while there is still time to open less; `full` where no more events are taken. */
    state: z.enum(['ok', 'near', 'full']),
    /** Which limit, with counts, for an analyst; '' where `ok`. */
    message: z.string(),
  }),
  sources: z.number().int(),
  /** Files that are no logs (`skipped`) not among them. */
  sourcesWithFaults: z.number().int(),
  hosts: z.array(z.object({ name: z.string(), events: z.number().int() })),
  channels: z.array(z.object({ name: z.string(), events: z.number().int() })),
  firstUs: z.number().nullable(),
  lastUs: z.number().nullable(),
  rulesLoaded: z.number().int(),
  rulesEnabled: z.number().int(),
  rulesNotRun: z.number().int(),
  /** Distinct events that at least one enabled rule hits. */
  hitEvents: z.number().int(),
  hitsByLevel: z.record(level, z.number().int()),
  /** Events with a tag or a note. */
  tagged: z.number().int(),
  jobs: z.array(jobSchema),
});
export type CaseSummary = z.infer<typeof caseSummarySchema>;

export const ruleSchema = z.object({
  /** Key of the rule in this session (an id may occur twice). */
  rule: z.string(),
  id: z.string(),
  title: z.string(),
  level,
  status: z.string(),
  vendor: z.enum(['sigma', 'elastic', 'splunk', 'kusto']),
  /** Of single events, of several, or a filter that takes hits of others away. */
  kind: z.enum(['rule', 'correlation', 'filter']),
  author: z.string(),
  description: z.string(),
  techniques: z.array(z.string()),
  logsource: z.string(),
  /** Display path of its file. */
  file: z.string(),
  enabled: z.boolean(),
  /** Why it cannot run, first reason first; empty where it can. */
  notRun: z.array(diagnosticSchema),
  /** What it says of itself though it runs, such as that it runs in part only. */
  warnings: z.array(diagnosticSchema),
  /** Why it cannot fire on the open logs (channel or event id absent, field never present), where that is so. */
  cannotFire: z.string().nullable(),
  hits: z.number().int(),
  hosts: z.number().int(),
});
export type RuleLine = z.infer<typeof ruleSchema>;

/** One row of the event grid. */
export const rowSchema = z.object({
  event: z.number().int(),
  /** ISO 8601, UTC, all digits; '' where the event has no time. */
  time: z.string(),
  timeUs: z.number(),
  level: level.nullable(),
  /** Number of enabled rules that hit it, and the title of the most severe. */
  hits: z.number().int(),
  hitTitle: z.string(),
  isDraftHit: z.boolean(),
  computer: z.string(),
  channel: z.string(),
  provider: z.string(),
  eventId: z.number().nullable(),
  /** Short name of the kind of event, such as "Process created", or ''. */
  title: z.string(),
  /** The fields that say most, in order. */
  summary: z.array(z.object({ field: z.string(), value: z.string() })),
  recovered: z.boolean(),
  file: z.string(),
  /** What the user said of it, and the note; '' where there is none. */
  tag: tag.nullable(),
  note: z.string(),
  /** Values of the columns that the request named, in that order; null where absent. */
  cells: z.array(z.string().nullable()),
});
export type EventRow = z.infer<typeof rowSchema>;

export const matchedSchema = z.object({
  rule: z.string(),
  title: z.string(),
  level,
  /** True for the rule in the editor. */
  isDraft: z.boolean(),
  /** What made it hit: field as in the event, its value, the predicate, and the characters that matched. */
  fields: z.array(
    z.object({
      field: z.string(),
      value: z.string(),
      selection: z.string(),
      op: z.string(),
      wanted: z.string(),
      ranges: z.array(span),
    }),
  ),
  /** For a correlation: how many events made it hit, and the first of them, in order of time. */
  related: z.object({ total: z.number().int(), rows: z.array(rowSchema) }).optional(),
});

export const eventSchema = z.object({
  event: z.number().int(),
  time: z.string(),
  timeUs: z.number(),
  /** The record header's own clock, where it differs. */
  written: z.string().nullable(),
  computer: z.string(),
  channel: z.string(),
  provider: z.string(),
  eventId: z.number().nullable(),
  title: z.string(),
  record: z.number(),
  file: z.string(),
  /** Byte offset of the record in the file. */
  offset: z.number(),
  recovered: z.boolean(),
  /** What the user said of it, and the note; '' where there is none. */
  tag: tag.nullable(),
  note: z.string(),
  system: z.array(z.object({ field: z.string(), value: z.string() })),
  data: z.array(z.object({ field: z.string(), value: z.string() })),
  /** Decoded again from the file: XML for EVTX, the JSON text for JSON; null with `rawFault` where that failed. */
  raw: z.string().nullable(),
  rawLanguage: z.enum(['xml', 'json', 'text']),
  rawFault: faultSchema.optional(),
  hits: z.array(matchedSchema),
});
export type EventDetail = z.infer<typeof eventSchema>;

export const draftResultSchema = z.object({
  /** As in the request, so that a stale answer can be told. */
  version: z.number().int(),
  diagnostics: z.array(diagnosticSchema),
  /** One for each rule in the text. */
  rules: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      level,
      /** Null where it could not run: see the diagnostics. */
      hits: z.number().int().nullable(),
      cannotFire: z.string().nullable(),
      /** Of a filter, which hits what it speaks of: how many hits of loaded rules it takes away, where that is known. */
      takesAway: z.number().int().optional(),
    }),
  ),
  /** Distinct events that the draft hits. */
  hits: z.number().int(),
  /** Events of the kinds that the draft's logsource speaks of. */
  candidates: z.number().int(),
  /**
   * For each selection: how many candidates fulfil it on its own, and where it stands. Of rules of other vendors the
   * parts of the query, without a name; of one that is negated, what it takes away.
   */
  selections: z.array(z.object({ name: z.string(), span, events: z.number().int() })),
  elapsedMs: z.number(),
  /** Events seen so far, where the run is not through: the figures are of those. */
  progress: z.object({ done: z.number().int(), total: z.number().int() }).optional(),
});
export type DraftResult = z.infer<typeof draftResultSchema>;

const nothing = z.object({});
const jobStarted = z.object({ job: z.string() });

export const calls = {
  'app.info': {
    input: nothing,
    output: z.object({
      version: z.string(),
      runtime: z.enum(['electron', 'stand-in']),
      platform: z.string(),
      /** Command palette entries and menus can ask for these on start (paths given on the command line). */
      granted: z.array(grantSchema),
      /** What went wrong at the start, such as settings that were damaged and are back to their defaults. */
      notices: z.array(faultSchema).optional(),
    }),
  },
  'settings.get': { input: nothing, output: z.record(z.string(), z.json()) },
  'settings.set': { input: z.object({ key: z.string().max(128), value: z.json() }), output: nothing },

  /** Native dialogs; an empty list means the user cancelled. */
  'dialog.logs': { input: z.object({ folder: z.boolean() }), output: z.array(grantSchema) },
  'dialog.rules': { input: z.object({ folder: z.boolean() }), output: z.array(grantSchema) },
  'dialog.openCase': { input: nothing, output: z.array(grantSchema) },
  'dialog.messages': { input: z.object({ folder: z.boolean() }), output: z.array(grantSchema) },

  'ingest.start': {
    input: z.object({ handles: z.array(z.string()).min(1), options: openOptions }),
    output: jobStarted,
  },
  /** Reads files of the case anew, in place of what was read of them before. */
  'ingest.again': {
    input: z.object({ sources: z.array(z.number().int()).min(1), options: openOptions }),
    output: jobStarted,
  },
  /** The first rows of a table among the case's files, and what a mapping makes of their times. */
  'tables.look': {
    input: z.object({
      source: z.number().int(),
      /** Null asks for the one that is kept for this header, or a guess. */
      mapping: csvMapping.nullable(),
      /** Looks at the table anew, as if it were written with this one. */
      delimiter: z.string().length(1).nullable(),
    }),
    output: z.object({
      mapping: csvMapping,
      /** Whether it is kept for the next time. */
      isKept: z.boolean(),
      rows: z.array(z.array(z.string())),
      /** For each row, ISO 8601 in UTC; null where the row's time cannot be read, or no column is chosen. */
      times: z.array(z.string().nullable()),
    }),
  },
  /** Keeps what the user said of the tables with a header, for this and later readings; null forgets it. */
  'tables.keep': {
    input: z.object({ header: z.array(z.string()).min(1).max(2000), mapping: csvMapping.nullable() }),
    output: nothing,
  },
  'sample.open': { input: nothing, output: jobStarted },
  'job.cancel': { input: z.object({ job: z.string() }), output: nothing },
  'sources.list': { input: nothing, output: z.array(sourceSchema) },

  'case.summary': { input: nothing, output: caseSummarySchema },
  /** Forgets all events and sources; rules stay. */
  'case.close': { input: nothing, output: nothing },
  /** Asks for a place the first time or where `as` is true; null means the user cancelled. */
  'case.save': { input: z.object({ as: z.boolean() }), output: z.object({ name: z.string().nullable() }) },
  'case.open': { input: z.object({ handle: z.string() }), output: jobStarted },
  'case.recent': { input: nothing, output: z.array(grantSchema) },

  /** Reads rule files and folders, adds them to the set, and matches them. */
  'rules.load': { input: z.object({ handles: z.array(z.string()).min(1) }), output: jobStarted },
  'rules.loadStarter': { input: nothing, output: jobStarted },
  'rules.unload': { input: z.object({ rules: z.array(z.string()) }), output: nothing },
  'rules.list': { input: nothing, output: z.array(ruleSchema) },
  'rules.text': {
    input: z.object({ rule: z.string() }),
    /** The text of the whole file, and where the rule stands in it. */
    output: z.object({ text: z.string(), file: z.string(), span }),
  },
  'rules.enable': { input: z.object({ rules: z.array(z.string()), enabled: z.boolean() }), output: nothing },
  /** Writes a rule text where the user says; null means the user cancelled. The rule joins the set. */
  'rules.save': {
    input: z.object({ text: z.string().max(4_000_000), suggestedName: z.string() }),
    output: z.object({ name: z.string().nullable() }),
  },

  /**
   * Takes the user's lists for placeholders: a YAML map of a name and its values, '' for none. Rules that use them are
   * read again. A fault has its place (`span`, `line`). The text stands in the settings under `placeholders.1`.
   */
  'rules.placeholders': { input: z.object({ text: z.string().max(1_000_000) }), output: nothing },

  /** Runs the text in the editor over all open events; a newer version cancels an older one. */
  'draft.run': {
    input: z.object({
      text: z.string().max(4_000_000),
      version: z.number().int(),
      /** Name of its file, whose ending helps to tell the vendor. */
      name: z.string().max(4096).optional(),
    }),
    output: draftResultSchema,
  },
  'draft.clear': { input: nothing, output: nothing },
  /** Events that one part of the rule alone keeps from being hits. A newer call ends an older one with `cancelled`. */
  'draft.near': {
    input: z.object({ text: z.string().max(4_000_000), name: z.string().max(4096).optional() }),
    output: z.object({
      /** In the order of each rule's text: tests that must hold, and what is excluded. */
      parts: z.array(z.object({ part: z.enum(['test', 'exclusion']), span, events: z.number().int().min(0) })),
    }),
  },

  /**
   * Computes which events a view shows and in which order. Views are few: of more than 8 the one that was not asked for
   * longest is dropped. A newer opening for the same slot ends an older one that is under way, with `cancelled`.
   */
  'view.open': {
    input: z.object({
      filter: viewFilter,
      sort: z.object({ field: z.string(), descending: z.boolean() }),
      /** What the view is for. */
      slot: z.string().max(32).optional(),
    }),
    output: z.object({
      view: z.string(),
      revision: z.number().int(),
      total: z.number().int(),
      hits: z.number().int(),
      firstUs: z.number().nullable(),
      lastUs: z.number().nullable(),
      elapsedMs: z.number(),
    }),
  },
  'view.rows': {
    input: z.object({
      view: z.string(),
      from: z.number().int().min(0),
      count: z.number().int().min(1).max(500),
      columns: z.array(z.string().max(512)).max(64),
    }),
    output: z.array(rowSchema),
  },
  /** Position of an event in a view; when it is not in it, the position of its neighbour in time. */
  'view.locate': {
    input: z.object({
      view: z.string(),
      target: z.union([z.object({ event: z.number() }), z.object({ timeUs: z.number() })]),
    }),
    output: z.object({ index: z.number().int(), exact: z.boolean() }),
  },
  /** Position of the next event (or with -1 the one before) that a rule or the draft hits; null where there is none. */
  'view.nextHit': {
    input: z.object({
      view: z.string(),
      /** Position that it starts beside; -1 is before the first. */
      from: z.number().int().min(-1),
      step: z.union([z.literal(1), z.literal(-1)]),
    }),
    output: z.object({ index: z.number().int().nullable() }),
  },
  'view.histogram': {
    input: z.object({
      view: z.string(),
      fromUs: z.number(),
      toUs: z.number(),
      buckets: z.number().int().min(1).max(2000),
    }),
    output: z.object({
      /** Events in each bucket. */
      events: z.array(z.number().int()),
      /** Events in each bucket by the level of their most severe hit, in the order of LEVELS. */
      hits: z.array(z.array(z.number().int())),
      /** Draft hits in each bucket. */
      draft: z.array(z.number().int()),
    }),
  },
  /** Distinct values of a field over a view, with counts: for stacking and for the filter menu. */
  'view.values': {
    input: z.object({
      view: z.string(),
      field: z.string(),
      limit: z.number().int().min(1).max(1000),
      rarestFirst: z.boolean(),
    }),
    output: z.object({
      distinct: z.number().int(),
      absent: z.number().int(),
      values: z.array(z.object({ value: z.string(), events: z.number().int(), hosts: z.number().int() })),
    }),
  },
  /** Field names of the view's events, most frequent first. */
  'view.fields': {
    input: z.object({ view: z.string() }),
    output: z.array(z.object({ field: z.string(), events: z.number().int() })),
  },
  /** Writes exactly what the view shows; null means the user cancelled. */
  'view.export': {
    input: z.object({
      view: z.string(),
      format: z.enum(['csv', 'jsonl']),
      columns: z.array(z.string().max(512)).max(64),
    }),
    output: z.object({ name: z.string().nullable(), events: z.number().int() }),
  },
  /** Asks the case by one SELECT; a newer question ends an older one. `indexMs` is 0 where the index was there. */
  'sql.run': {
    input: z.object({ text: z.string().max(1_000_000), limit: z.number().int().min(1).max(10_000) }),
    output: z.object({
      columns: z.array(z.string()),
      rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
      /** There are more rows. */
      truncated: z.boolean(),
      elapsedMs: z.number(),
      indexMs: z.number(),
    }),
  },
  /** Ends the question that is being answered, if any: it ends with `cancelled`. */
  'sql.cancel': { input: nothing, output: nothing },
  /** The views that SQL can ask: those of all events and hits first, then one for each kind of event. */
  'sql.schema': {
    input: nothing,
    output: z.array(z.object({ name: z.string(), columns: z.array(z.string()), rows: z.number().int() })),
  },
  'event.get': { input: z.object({ event: z.number().int() }), output: eventSchema },
  /** Tags an event (null takes the tag away), or changes its note ('' takes it away); what is not given stays. */
  'event.tag': {
    input: z.object({
      event: z.number().int(),
      tag: tag.nullable().optional(),
      note: z.string().max(NOTE_LIMIT).optional(),
    }),
    output: nothing,
  },
  ...catalogCalls,
  ...coverageCalls,
  ...messageCalls,
} as const;

export const streams = {
  /** At most ten times a second for each job, and always once at its end. */
  'job.progress': jobSchema,
  /** Something in the summary changed. */
  'case.changed': caseSummarySchema,
  /** The engine died, and the case with it. Where it is reopening, its file, logs and rules are read again by jobs. */
  'engine.died': z.object({ fault: faultSchema, isReopening: z.boolean() }),
  /** The menu or the operating system asks for a command by its id. */
  'menu.command': z.object({ command: z.string() }),
  /** The theme of the operating system. */
  'theme.changed': z.object({ dark: z.boolean() }),
  /** What a run of the draft has found so far, where it takes long; `draft.run` itself answers at its end. */
  'draft.partial': draftResultSchema,
  ...catalogStreams,
} as const;

export type CallName = keyof typeof calls;
export type CallInput<N extends CallName> = z.infer<(typeof calls)[N]['input']>;
export type CallOutput<N extends CallName> = z.infer<(typeof calls)[N]['output']>;
export type StreamName = keyof typeof streams;
export type StreamValue<N extends StreamName> = z.infer<(typeof streams)[N]>;

/** Handlers for every call; throwing means a bug. */
export type Handlers = {
  readonly [N in CallName]: (
    input: CallInput<N>,
  ) => Promise<{ ok: true; value: CallOutput<N> } | { ok: false; fault: z.infer<typeof faultSchema> }>;
};

/** What the preload puts at `window.workbench`. */
export interface WorkbenchBridge {
  /** Gives `{ok, value}` or `{ok, fault}`; never rejects for an expected failure. */
  call<N extends CallName>(
    name: N,
    input: CallInput<N>,
  ): Promise<{ ok: true; value: CallOutput<N> } | { ok: false; fault: z.infer<typeof faultSchema> }>;
  on<N extends StreamName>(name: N, listener: (value: StreamValue<N>) => void): () => void;
  /** Turns files that the user dropped on the window into grants. */
  grantDropped(files: readonly unknown[]): Promise<Grant[]>;
}
