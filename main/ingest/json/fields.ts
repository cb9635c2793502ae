import type { FieldList } from '../events/field-list.ts';
import { DEPTH_LIMIT } from './splitter.ts';
import type { JsonValue } from './parse-exact.ts';

export type JsonObject = Readonly<Record<string, JsonValue>>;

export function isObject(value: JsonValue | undefined): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text of a value that has no parts; undefined for null, objects and arrays. */
export function scalarText(value: JsonValue | undefined): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
      return String(value);
    default:
      return undefined;
  }
}

/**
 * Adds the leaves of a value, named by their path joined with dots: `{"a":{"b":[1,2]}}` gives `a.b` twice. Null and
 * empty arrays give nothing. XML that a tool turned into JSON reads as the XML did: a `#text` is its element's
 * value, `#attributes` are named below their element, and namespace declarations are dropped.
 * @param path '' for the top.
 */
export function flatten(value: JsonValue, path: string, into: FieldList, depth = DEPTH_LIMIT): void {
  const text = scalarText(value);
  if (text !== undefined) into.add(path, text);
  else if (Array.isArray(value)) for (const item of value) flatten(item, path, into, depth - 1);
  else if (isObject(value)) {
    if (depth < 0) throw new Error('nested deeper than the splitter lets through');
    for (const key in value) {
      const part = value[key] as JsonValue;
      if (key === '#text' || key === '#attributes') flatten(part, path, into, depth - 1);
      else if (key !== 'xmlns') flatten(part, path === '' ? key : `${path}.${key}`, into, depth - 1);
    }
  }
}
