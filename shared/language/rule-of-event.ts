import { parse } from 'yaml';
import { logsourceFile } from '../catalog/logsource.ts';
import { sigmaLine, type Inserted, type WantedPredicate } from './insert-predicate.ts';

/** A field of an event and its value. */
export interface FieldValue {
  readonly field: string;
  readonly value: string;
}

/** What of an event says where a rule that is to hit it must look. */
export interface EventOrigin {
  readonly channel: string;
  readonly provider: string;
  readonly eventId: number | null;
}

/** A path with a name at its end, and nothing behind as in a command line. */
const PATH_WITH_NAME = /^(?:[A-Za-z]:|\\|%[^%]+%)[^"*?|<>\r\n]*(\\[^\\/"*?|<>\r\n]+)$/;
/** Arguments: a path is then part of a command line. */
const ARGUMENTS = / [-/]/;

/** The test that a rule makes of a value: of a path its last part, since the folder differs from host to host. */
export function testOfValue({ field, value }: FieldValue): WantedPredicate {
  const name = ARGUMENTS.test(value) ? undefined : PATH_WITH_NAME.exec(value)?.[1];
  return name === undefined ? { field, op: 'eq', value } : { field, op: 'ends_with', value: name };
}

/** Lines of a selection that hits an event by all that its data say; values that say nothing (`-`) are left out. */
export function selectionOf(event: EventOrigin & { readonly data: readonly FieldValue[] }): string {
  const tests: WantedPredicate[] = event.data
    .filter(({ value }) => value !== '' && value !== '-')
    .map(({ field, value }) => ({ field, op: 'eq', value }));
  const hasId = event.data.some(({ field }) => field === 'EventID');
  if (event.eventId !== null && !hasId) tests.unshift({ field: 'EventID', op: 'eq', value: String(event.eventId) });
  return ['selection:', ...tests.flatMap((test) => sigmaLine(test) ?? []).map((line) => `    ${line}`), ''].join('\n');
}

/**
 * A new rule that hits an event by one of its values: its log source is the category of the event's kind, or else the
 * event's log, and then the selection has its id too.
 * @param id a new UUID.
 * @param logsources text of rules/mappings/logsources.yaml.
 * @returns the text, and where the value's test stands in it.
 */
export function ruleOfEvent(event: EventOrigin, value: FieldValue, id: string, logsources: string): Inserted {
  const { lines, isKind } = logsourceOf(event, logsources);
  const test = sigmaLine(testOfValue(value)) ?? '';
  const ofKind = isKind || event.eventId === null || value.field === 'EventID';
  const head = `title: New rule
id: ${id}
status: experimental
description: Says what the rule finds and why that matters
logsource:
${lines.map((line) => `    ${line}\n`).join('')}detection:
    selection:
${ofKind ? '' : `        EventID: ${event.eventId}\n`}        `;
  const text = `${head}${test}
    condition: selection
falsepositives:
    - Unknown
level: medium
`;
  return { text, span: { start: head.length, end: head.length + test.length } };
}

/** The log source as lines, and whether it already says which kind of event. */
function logsourceOf(event: EventOrigin, logsources: string): { lines: string[]; isKind: boolean } {
  const known = logsourceFile.parse(parse(logsources)).logsources;
  const same = (names: readonly string[] | undefined, name: string): boolean | undefined =>
    names?.some((n) => n.toLowerCase() === name.toLowerCase());
  // A source with fields of other names is left out: the category's rules would not use the names of this event.
  const category = known.find(({ category, sources }) => {
    if (category === undefined) return false;
    return sources.some(
      (s) => s.fields === undefined && same(s.channel, event.channel) && s.events?.includes(event.eventId ?? -1),
    );
  });
  if (category?.category !== undefined) {
    return { lines: [`category: ${category.category}`, `product: ${category.product ?? 'windows'}`], isKind: true };
  }
  if (event.channel === '' && (event.provider === '' || event.eventId === null)) {
    return { lines: ['product: other'], isKind: true };
  }
  const service = known.find(
    ({ service, sources }) => service !== undefined && sources.some((s) => same(s.channel, event.channel)),
  );
  return {
    lines: ['product: windows', ...(service?.service === undefined ? [] : [`service: ${service.service}`])],
    isKind: false,
  };
}
