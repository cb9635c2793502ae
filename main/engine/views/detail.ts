import { FLAG_RECOVERED } from '../../columns/batch.ts';
import type { RawEvent } from '../../ingest/api.ts';
import type { RulePlan } from '../../match/api.ts';
import type { EventDetail } from '../../../shared/ipc/contract.ts';
import { fail, ok, type Result } from '../../../shared/model/fault.ts';
import type { Rule } from '../../../shared/model/rule.ts';
import { formatInstant } from '../../../shared/model/time.ts';
import type { Draft } from '../rules/draft.ts';
import { timeText } from './fields.ts';
import { eventRows, type RowSource } from './rows.ts';

/** Events of a correlation's hit that are shown at most. */
const RELATED_SHOWN = 200;

/** Decodes one event again from its file. @param format as the ledger has it. */
export type ReadRaw = (
  path: string,
  format: string,
  offset: number,
  length: number,
) => Result<RawEvent> | Promise<Result<RawEvent>>;

/** Everything known of one event: its fields, its text in the file, and why rules hit it. */
export async function eventDetail(
  event: number,
  source: RowSource,
  draft: Draft,
  readRaw: ReadRaw,
): Promise<Result<EventDetail>> {
  const { table } = source.events;
  if (event < 0 || event >= table.count) return fail({ code: 'not-found', message: 'There is no such event' });
  const head = table.headOf(event);
  const instant = table.instantOf(event);
  const delta = table.writtenDeltaUs.data[event] as number;
  const length = table.length.data[event] as number;
  const offset = table.offset.data[event] as number;
  const ledger = source.events.sources[table.source.data[event] as number];
  const known = {
    event,
    time: timeText(table, event),
    timeUs: table.timeUs.data[event] as number,
    written: instant && delta !== 0 ? formatInstant({ us: instant.us + delta, ns: 0, digits: 6 }) : null,
    computer: table.text(table.computer.data[event] as number) ?? '',
    channel: head.channel,
    provider: head.provider,
    eventId: head.eventId ?? null,
    title: source.titles.of(head)?.title ?? '',
    record: table.record.data[event] as number,
    file: ledger?.name ?? '',
    offset,
    recovered: ((table.flags.data[event] as number) & FLAG_RECOVERED) !== 0,
    ...source.tags.of(event),
    ...fieldsOf(event, source),
    hits: matchesOf(event, source, draft),
  };
  // Last, since the case may change while a file is read.
  const raw = ledger
    ? await readRaw(ledger.path, ledger.format, offset, length)
    : fail<RawEvent>({ code: 'not-found', message: 'The file of this event is not in the ledger' });
  return ok({
    ...known,
    raw: raw.ok ? raw.value.text : null,
    rawLanguage: raw.ok ? raw.value.language : 'text',
    ...(raw.ok ? {} : { rawFault: { ...raw.fault, span: raw.fault.span && { ...raw.fault.span } } }),
  });
}

/** The System section, by names that rules and chips know too, and the event's data in the order of its shape. */
function fieldsOf(event: number, source: RowSource): Pick<EventDetail, 'system' | 'data'> {
  const { table } = source.events;
  const head = table.headOf(event);
  const shape = table.shapeOf(event);
  const row = table.row.data[event] as number;
  const rare = new Map<string, string>();
  const data: EventDetail['data'] = [];
  shape.fields.forEach((field, column) => {
    const value = table.text(shape.columns[column]?.data[row] as number);
    if (value === undefined) return;
    if (field.startsWith('System.')) rare.set(field.slice('System.'.length), value);
    else data.push({ field, value });
  });
  const parts: [string, string | number | undefined][] = [
    ['Provider_Name', head.provider],
    ['Provider_Guid', head.providerGuid],
    ['EventID', head.eventId],
    ['Qualifiers', head.qualifiers],
    ['Version', head.version],
    ['Level', head.level],
    ['Task', head.task],
    ['Opcode', head.opcode],
    ['Keywords', head.keywords],
    ['TimeCreated', timeText(table, event)],
    ['EventRecordID', table.record.data[event]],
    ['ActivityID', rare.get('ActivityID')],
    ['RelatedActivityID', rare.get('RelatedActivityID')],
    ['ProcessID', table.text(table.processId.data[event] as number)],
    ['ThreadID', table.text(table.threadId.data[event] as number)],
    ['Channel', head.channel],
    ['Computer', table.text(table.computer.data[event] as number)],
    ['UserID', rare.get('UserID')],
  ];
  const system = parts.flatMap(([field, value]) =>
    value === undefined || value === '' ? [] : [{ field, value: String(value) }],
  );
  const named = new Set(parts.map(([field]) => field));
  for (const [field, value] of rare) if (!named.has(field)) system.push({ field, value });
  return { system, data };
}

/** Why the draft and the enabled rules hit the event: the draft first, then by the rules' order. */
function matchesOf(event: number, source: RowSource, draft: Draft): EventDetail['hits'] {
  const hits: EventDetail['hits'] = [];
  const { plan } = draft;
  if (plan && draft.has(event)) {
    plan.rules.forEach((rule, index) => {
      if (draft.ruleHits(index, event)) hits.push(explained({ rule, key: 'draft', plan, index }, event, source));
    });
  }
  if (source.marks.countOf(event) === 0) return hits;
  for (const rule of source.rules.rules()) {
    if (!rule.enabled || !rule.hits.has(event)) continue;
    const place = source.rules.placeOf(rule);
    if (place) hits.push(explained({ rule: rule.rule, key: rule.key, ...place }, event, source));
  }
  return hits;
}

/** A rule in its plan. @param key `draft` for the one in the editor. */
interface PlacedRule {
  readonly rule: Rule;
  readonly key: string;
  readonly plan: RulePlan;
  readonly index: number;
}

function explained(
  { rule, key, plan, index }: PlacedRule,
  event: number,
  source: RowSource,
): EventDetail['hits'][number] {
  const fields = plan.explain(index, event).map((field) => ({
    field: field.field,
    value: field.value,
    selection: field.selection,
    op: field.op,
    wanted: field.wanted,
    ranges: field.ranges.map(({ start, end }) => ({ start, end })),
  }));
  const events = plan.related(index, event);
  const rows = eventRows(Int32Array.from(events.slice(0, RELATED_SHOWN)), [], source);
  const related = events.length === 0 ? {} : { related: { total: events.length, rows } };
  return { rule: key, title: rule.title, level: rule.level, isDraft: key === 'draft', fields, ...related };
}
