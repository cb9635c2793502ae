import type { Fault } from '../../../shared/model/fault.ts';
import { FAULT_LIMIT, type MessagesRead, type ProviderEvent, type ProviderTexts } from '../api.ts';
import { messageFileName } from '../message-file-name.ts';
import { templateFields } from './template-xml.ts';

/** Characters that tell what a text is. */
const HEAD = 64 << 10;

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Providers as JSON, in either of two forms; one object, a list of them, or `{"providers": […]}`:
 *
 * - ours: `{"provider", "guid"?, "language"?, "events": [{"id", "version"?, "message", "title"?, "fields"?: [names]}],
 *   "parameters"?: {"1833": text}}`
 * - what PowerShell writes of `Get-WinEvent -ListProvider` (see docs/messages.md): `{"Name", "Id", "Events": [{"Id",
 *   "Version", "Description", "Template"}], "MessageFilePath"?, "ParameterFilePath"?}`
 *
 * Undefined where the text is JSON of something else. What is wrong is a fault that names its place in the file.
 */
export function readProviderJson(text: string): MessagesRead | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return looksLikeProviders(text) ? { pieces: [], faults: [syntaxFault(text, error)] } : undefined;
  }
  const list = providersIn(value);
  if (!list) return undefined;
  const reader = new Reader();
  const pieces = list.flatMap((provider, i) => reader.provider(provider, list.length > 1 ? `provider ${i + 1}` : ''));
  return { pieces, faults: reader.faults };
}

/** Reads one provider in either form. */
export function readProvider(provider: JsonObject): { pieces: ProviderTexts[]; faults: Fault[] } {
  const reader = new Reader();
  return { pieces: reader.provider(provider, ''), faults: reader.faults };
}

/** Whether a text begins as a list of providers does: a name, and then events within it. */
export function looksLikeProviders(text: string): boolean {
  const head = text.slice(0, HEAD);
  if (!/^\s*[[{]/.test(head)) return false;
  const name = /"(?:provider|providername|name)"\s*:/i.exec(head);
  // A log's events have a provider too, but within their list.
  return name !== null && /"events"\s*:\s*[[{]/i.test(head.slice(name.index));
}

function providersIn(value: unknown): readonly JsonObject[] | undefined {
  const inner = isObject(value) && Array.isArray(field(value, 'providers')) ? field(value, 'providers') : value;
  const list: readonly unknown[] = Array.isArray(inner) ? (inner as unknown[]) : [inner];
  const providers = list.filter(isObject);
  const areProviders = providers.some((one) => nameOf(one) !== '' && field(one, 'events') !== undefined);
  return areProviders ? providers : undefined;
}

class Reader {
  readonly faults: Fault[] = [];

  provider(from: JsonObject, place: string): ProviderTexts[] {
    const name = nameOf(from);
    const where = name === '' ? place : name;
    if (name === '') {
      this.#fault(`${where}: it has no name`);
      return [];
    }
    const listed = field(from, 'events');
    // PowerShell writes a list of one as its only item.
    const list: readonly unknown[] = Array.isArray(listed) ? (listed as unknown[]) : [listed];
    const events = list.flatMap((event, i) => {
      if (event === null || event === undefined) return [];
      return this.#event(event, `${where}: event ${i + 1} of its list`);
    });
    const parameters: Record<string, string> = {};
    const given = field(from, 'parameters');
    if (isObject(given)) {
      for (const [key, text] of Object.entries(given)) if (/^\d+$/.test(key)) parameters[key] = textOf(text);
    }
    const guid = guidOf(textOf(field(from, 'guid') ?? field(from, 'id')));
    const language = textOf(field(from, 'language'));
    const messageFiles = fileNames(textOf(field(from, 'messagefilepath')));
    const parameterFiles = fileNames(textOf(field(from, 'parameterfilepath')));
    return [{ kind: 'provider', name, guid, language, events, parameters, messageFiles, parameterFiles }];
  }

  #event(value: unknown, place: string): ProviderEvent[] {
    const id = isObject(value) ? wholeNumber(field(value, 'id')) : undefined;
    if (!isObject(value) || id === undefined) {
      this.#fault(`${place} has no number`);
      return [];
    }
    const message = textOf(field(value, 'message') ?? field(value, 'description'));
    const title = textOf(field(value, 'title'));
    // An event without a text is nothing to show, and nothing wrong: many have none.
    if (message === '' && title === '') return [];
    const version = wholeNumber(field(value, 'version'));
    return [{ id, version, message, title, fields: this.#fields(value, place) }];
  }

  #fields(event: JsonObject, place: string): string[] | undefined {
    const listed = field(event, 'fields');
    if (Array.isArray(listed)) return listed.map(textOf);
    const template = textOf(field(event, 'template'));
    if (template.trim() === '') return undefined;
    const fields = templateFields(template);
    if (!fields) this.#fault(`${place}: its template is not the XML that it should be; its values are taken in order`);
    return fields;
  }

  #fault(message: string): void {
    if (this.faults.length < FAULT_LIMIT) this.faults.push({ code: 'damaged-source', message });
  }
}

function nameOf(provider: JsonObject): string {
  return textOf(field(provider, 'provider') ?? field(provider, 'providername') ?? field(provider, 'name'));
}

/** Names of files, without their folders, from paths that semicolons part. */
function fileNames(paths: string): string[] {
  const names = paths.split(';').map((path) => path.trim().split(/[\\/]/).at(-1) ?? '');
  return names.filter((name) => name !== '').map(messageFileName);
}

/** A GUID in braces, lower case; '' where a text is none. */
export function guidOf(text: string): string {
  const match = /^\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?$/i.exec(text.trim());
  return match ? `{${(match[1] as string).toLowerCase()}}` : '';
}

/** A member by its name, whatever its case. */
function field(object: JsonObject, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  const key = Object.keys(object).find((known) => known.toLowerCase() === name);
  return key === undefined ? undefined : object[key];
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 ? number : undefined;
}

function syntaxFault(text: string, error: unknown): Fault {
  const at = /position (\d+)/.exec((error as Error).message)?.[1];
  const message = 'The JSON is not whole';
  // Without a place it breaks off at its end.
  const before = at === undefined ? text : text.slice(0, Number(at));
  return { code: 'damaged-source', message, line: before.split('\n').length };
}
