import { formatValue, parseMessage } from './format-message.ts';
import type { FoundMessage } from './message-book.ts';

/** Part of a rendered message. */
export interface RenderedPart {
  readonly text: string;
  /** The event's field that the text is the value of, and the value as the event has it; undefined for the rest. */
  readonly value?: { readonly field: string; readonly value: string };
}

export interface RenderedMessage {
  readonly parts: readonly RenderedPart[];
  /** It was cut. */
  readonly isCut: boolean;
}

/** An event's values in their order. */
export type EventValues = readonly { readonly field: string; readonly value: string }[];

/** Characters of a message; one that repeats a long value is cut. */
const TEXT_LIMIT = 200_000;

/**
 * The message of an event with its values in it. `%n` is the n-th value of the event's template by its name, where the
 * template is known and the event has that name; else the n-th value that the event has. An insert for which there is
 * no value stays as it stands, as in Event Viewer.
 */
export function renderMessage(found: FoundMessage, values: EventValues): RenderedMessage {
  const parts: RenderedPart[] = [];
  const valueOf = inserts(found.fields, values);
  let left = TEXT_LIMIT;
  const add = (part: RenderedPart): void => {
    const text = part.text.length > left ? part.text.slice(0, left) : part.text;
    left -= text.length;
    const last = parts.at(-1);
    if (part.value === undefined && last && last.value === undefined)
      parts[parts.length - 1] = { text: last.text + text };
    else parts.push({ ...part, text });
  };
  for (const part of parseMessage(found.message.slice(0, TEXT_LIMIT))) {
    if (left === 0) return { parts, isCut: true };
    switch (part.kind) {
      case 'text':
        add({ text: part.text });
        break;
      case 'parameter':
        add({ text: found.parameter(part.number) ?? `%${part.number}` });
        break;
      case 'insert': {
        const value = valueOf(part.number - 1);
        if (!value) {
          add({ text: `%${part.number}` });
          break;
        }
        const named = found.valueName(part.number - 1, value.value);
        const text =
          named ??
          (part.format === '' ? withParameters(value.value, left, found) : formatValue(value.value, part.format));
        // A missing value of a known field has no place in the event to point at.
        add(value.field === '' ? { text } : { text, value });
        break;
      }
    }
  }
  return { parts, isCut: left === 0 };
}

function inserts(
  fields: readonly string[] | undefined,
  values: EventValues,
): (index: number) => EventValues[number] | undefined {
  const byPosition = (index: number): EventValues[number] | undefined => values[index];
  if (!fields) return byPosition;
  // Fields of UserData are named by their path: the leaf's name will do, where no field has it as its own.
  const byName = new Map(values.map((value) => [leafName(value.field), value]));
  for (const value of values) byName.set(value.field.toLowerCase(), value);
  const places = new Map<string, number>();
  const named = fields.map((field) => {
    const name = field.toLowerCase();
    const n = (places.get(name) ?? 0) + 1;
    places.set(name, n);
    return byName.get(n === 1 ? name : `${name}[${n}]`);
  });
  if (!named.some((value) => value !== undefined)) return byPosition;
  return (index) => named[index] ?? (index < fields.length ? { field: '', value: '' } : undefined);
}

function leafName(field: string): string {
  return field.slice(field.lastIndexOf('.') + 1).toLowerCase();
}

/** A value with the texts that its `%%1833` stand for. @param limit characters from which on it stops. */
function withParameters(value: string, limit: number, { parameter }: FoundMessage): string {
  let text = '';
  let from = 0;
  for (const match of value.matchAll(/%%(\d{1,8})/g)) {
    text += value.slice(from, match.index) + (parameter(Number(match[1])) ?? match[0]);
    from = match.index + match[0].length;
    if (text.length > limit) return text;
  }
  return text + value.slice(from);
}
