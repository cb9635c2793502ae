import type { Head } from './batch.ts';

/** A head that says nothing. */
export const EMPTY_HEAD: Head = {
  channel: '',
  provider: '',
  providerGuid: '',
  eventId: undefined,
  version: undefined,
  level: undefined,
  task: undefined,
  opcode: undefined,
  keywords: '',
  qualifiers: undefined,
  shape: 0,
};

/** Names of a head's parts, as rules call them. */
const PARTS = [
  ['Channel', 'channel'],
  ['Provider_Name', 'provider'],
  ['Provider_Guid', 'providerGuid'],
  ['EventID', 'eventId'],
  ['Version', 'version'],
  ['Level', 'level'],
  ['Task', 'task'],
  ['Opcode', 'opcode'],
  ['Keywords', 'keywords'],
  ['Qualifiers', 'qualifiers'],
] as const satisfies readonly (readonly [string, keyof Head])[];

/** The parts of a head that what is kept of it lacks; undefined where that is none. */
export function headRest(head: Head, kept: Head): Readonly<Record<string, string>> | undefined {
  const rest = PARTS.flatMap(([name, part]) =>
    head[part] === kept[part] ? [] : [[name, String(head[part])] as const],
  );
  return rest.length > 0 ? Object.fromEntries(rest) : undefined;
}

/** The JSON of what found no room, with what an event's decoder had put there already. */
export function joinedOverflow(before: string | undefined, rest: Readonly<Record<string, string>>): string {
  if (before === undefined) return JSON.stringify(rest);
  try {
    const known: unknown = JSON.parse(before);
    if (typeof known === 'object' && known !== null && !Array.isArray(known)) {
      return JSON.stringify({ ...known, ...rest });
    }
  } catch {
    // A log may have a field of this name, with any text.
  }
  return JSON.stringify({ ...rest, _overflow: before });
}
