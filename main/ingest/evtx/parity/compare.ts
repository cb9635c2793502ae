import type { Part } from '../binxml.ts';
import { describe } from '../describe.ts';
import type { ReadEvent } from './read-all.ts';
import { parseEvents } from './xml-events.ts';

/** For tests: an event's values by our names of its fields; those of its head in round brackets. */
export type Values = ReadonlyMap<string, string>;

/** One value that two readers give differently. '' stands for none, and for an empty one. */
export interface Difference {
  /** Base name of the file. */
  readonly file: string;
  readonly record: string;
  readonly name: string;
  readonly ours: string;
  readonly theirs: string;
}

/** Where we mean to differ from a reader, and why. */
export interface Intended {
  readonly why: string;
  /** The value is the same in another form: the record still counts as equal. */
  readonly isForm?: boolean;
  readonly is: (difference: Difference) => boolean;
}

/** What the comparison of files with a reader came to. */
export class Comparison {
  records = 0;
  equalRecords = 0;
  fields = 0;
  /** Records that only we read, by file. */
  readonly onlyOurs = new Map<string, number>();
  /** How many values differ as is meant, by the reason. */
  readonly meant = new Map<string, number>();
  /** All others, as text. */
  readonly found: string[] = [];

  constructor(private readonly intended: readonly Intended[]) {}

  /** Compares a file's events: all that they read, in the order of the file. */
  add(file: string, events: readonly Values[], theirEvents: readonly Values[]): void {
    let next = 0;
    let skipped = 0;
    for (const theirs of theirEvents) {
      const record = theirs.get('(record)') ?? '';
      while (!isZero(record) && next < events.length && events[next]?.get('(record)') !== record) {
        next++;
        skipped++;
      }
      const ours = events[next++];
      if (!ours) {
        this.found.push(`${file}: record ${record} is missing`);
        return;
      }
      this.#compare(file, ours, theirs);
    }
    skipped += events.length - next;
    if (skipped > 0) this.onlyOurs.set(file, skipped);
  }

  #compare(file: string, ours: Values, theirs: Values): void {
    const record = ours.get('(record)') ?? '';
    let isEqual = true;
    this.records++;
    for (const name of new Set([...theirs.keys(), ...ours.keys()])) {
      this.fields++;
      const difference = { file, record, name, ours: normal(ours.get(name)), theirs: normal(theirs.get(name)) };
      if (difference.ours === difference.theirs) continue;
      const intended = this.intended.find(({ is }) => is(difference));
      isEqual &&= intended?.isForm === true;
      if (intended) this.meant.set(intended.why, (this.meant.get(intended.why) ?? 0) + 1);
      else {
        const [a, b] = [difference.ours, difference.theirs].map((text) => JSON.stringify(text.slice(0, 80)));
        this.found.push(`${file}: record ${record}, ${name}: ${a} | ${b}`);
      }
    }
    if (isEqual) this.equalRecords++;
  }
}

const text = (parts: readonly Part[]): string => parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');

/** The events of XML that another reader wrote. @param isIndented whether a line end and blanks are no text. */
export function valuesOfXml(xml: string, isIndented = false): Values[] {
  return parseEvents(isIndented ? xml.replace(/>\n *</g, '><') : xml).map((event) => {
    const layout = describe([event], 'event', text);
    const values = new Map<string, string>();
    for (const [name, parts] of layout.spine) values.set(`(${name})`, text(parts));
    for (const { name, parts } of layout.fields) values.set(name, text(parts));
    return values;
  });
}

/** An event that we read. */
export function valuesOf(event: ReadEvent): Values {
  const values = new Map<string, string>(Object.entries(event.fields));
  const put = (name: string, value: string | number | undefined): void => {
    if (value !== undefined && value !== '') values.set(`(${name})`, String(value));
  };
  for (const [name, value] of Object.entries(event.head)) put(name, value);
  put('computer', event.computer);
  put('processId', event.processId);
  put('threadId', event.threadId);
  put('time', event.time);
  put('record', event.record);
  return values;
}

/** Times with nine digits, hexadecimal numbers with zeros before them, and '' for null, are ways of writing. */
function normal(value: string | undefined): string {
  return (value ?? '').replace(/(\.\d{7})00Z$/, '$1Z').replace(/^0x0+(?=[0-9a-f])/, '0x');
}

/** From `evtxexport -f xml` of libevtx. Each must still occur somewhere in the damaged and unusual logs. */
export const EVTXEXPORT: readonly Intended[] = [
  {
    why: 'it writes a text that holds XML without escaping it, so the text comes back as elements',
    is: ({ file, name }) => file.includes('LiveId') && /^Value\b/.test(name),
  },
  {
    why: 'size_t is hexadecimal in Windows, decimal in evtxexport',
    is: ({ file, ours, theirs }) => file.includes('size_t') && ours === `0x${Number(theirs).toString(16)}`,
  },
  {
    why: 'it leaves out a second fragment within a nested value',
    is: ({ file, name, theirs }) => file.includes('Shell-Core') && name.startsWith('RenderingInfo.') && theirs === '',
  },
  {
    why: 'it drops a text that is only a line end',
    is: ({ ours, theirs }) => ours === '\n' && theirs === '',
  },
];

/** From the XML of the Rust crate `evtx`. */
export const RUST: readonly Intended[] = [
  {
    why: "where zeros took the place of the number and the time, it gives them; we take those of the record's header",
    is: ({ name, theirs }) =>
      (name === '(record)' && isZero(theirs)) || (name === '(time)' && /^(?:$|1601-01-01T00:00:00)/.test(theirs)),
  },
  {
    why: 'it gives a number for a boolean that is neither 0 nor 1',
    is: ({ ours, theirs }) => ours === 'true' && /^\d+$/.test(theirs) && Number(theirs) > 1,
  },
  {
    why: 'it leaves out a second fragment within a nested value',
    is: ({ file, name, theirs }) => file.includes('Shell-Core') && name.startsWith('RenderingInfo.') && theirs === '',
  },
  {
    why: 'it indents its XML, so that a text that is only a line end cannot be told',
    is: ({ ours, theirs }) => ours === '\n' && theirs === '',
  },
  {
    why: 'it writes GUIDs without braces',
    isForm: true,
    is: ({ ours, theirs }) => ours === `{${theirs}}`,
  },
  {
    why: 'it gives every time six digits, where Windows keeps seven or three',
    isForm: true,
    is: ({ ours, theirs }) => /\.\d{3,7}Z$/.test(ours) && cutTime(ours) === cutTime(theirs),
  },
];

function isZero(record: string): boolean {
  return record === '' || record === '0';
}

/** A time without what is beyond its sixth digit, and without zeros at its end. */
function cutTime(text: string): string {
  return text
    .replace(/(\.\d{0,6})\d*Z$/, '$1')
    .replace(/Z$/, '')
    .replace(/\.?0*$/, '');
}
