import { SaxesParser } from 'saxes';
import type { Element, Node, Part } from '../evtx/binxml.ts';
import { describe, type SpinePart } from '../evtx/describe.ts';
import { Damage } from '../evtx/container/damage.ts';
import { readTime } from '../events/event-time.ts';
import { safeInteger, smallInteger, type LogEvent } from '../events/log-event.ts';

/** Elements within each other; Windows' events have fewer than 10. */
const DEPTH_LIMIT = 64;
/** What a writer of XML gets wrong without making the event another. */
const TOLERATED = /disallowed character|undefined entity|malformed character entity|duplicate attribute/i;

/** What became of an event's XML. */
export interface XmlRead {
  readonly isRead: boolean;
  /** Why it was not read, or what in it was not quite XML. */
  readonly problem: XmlProblem | undefined;
}

export interface XmlProblem {
  readonly message: string;
  /** Characters of the event's text before it. */
  readonly position: number;
}

/** An element in the making. */
interface OpenElement extends Element {
  readonly children: Node[];
}

/**
 * Reads one `<Event>` by saxes into a tree, and the tree as an EVTX record's is read: so the same record gives the
 * same event, whichever way it came.
 */
export class XmlEventReader {
  #stack: OpenElement[] = [];
  #roots: Node[] = [];
  #problem: XmlProblem | undefined;
  /** Of the namespace, where the event has one: `ns0:`. Its own elements are read without. */
  #prefix = '';

  /** Reads an event's text. @param event as `clear` leaves it; unchanged where it was not read. */
  read(text: string, event: LogEvent): XmlRead {
    this.#stack = [];
    this.#roots = [];
    this.#problem = undefined;
    this.#prefix = /^(?:<\?[^>]*>\s*)?<([\w-]+:)Event[\s>]/.exec(text)?.[1] ?? '';
    try {
      this.#parser().write(keepReturns(text)).close();
      if (!hasSystem(this.#roots)) this.#break('It has no System element', 0);
      fill(event, this.#roots);
      return { isRead: true, problem: this.#problem };
    } catch (error) {
      if (error instanceof Damage) this.#problem = { message: error.message, position: 0 };
      else if (!(error instanceof Broken)) throw error;
      return { isRead: false, problem: this.#problem };
    }
  }

  #break(message: string, position: number): never {
    this.#problem = { message, position };
    throw new Broken();
  }

  /** A new one for each event: after a damage an old one is in no state to go on. */
  #parser(): SaxesParser {
    const parser = new SaxesParser({ fragment: false, xmlns: false, position: true });
    parser.on('error', (error) => {
      const message = error.message.replace(/^\d+:\d+: /, '').replace(/\.$/, '');
      if (TOLERATED.test(message)) this.#problem ??= { message, position: parser.position };
      else this.#break(message, parser.position);
    });
    parser.on('opentag', ({ name, attributes }) => {
      if (this.#stack.length >= DEPTH_LIMIT) {
        this.#break(`more than ${DEPTH_LIMIT} elements within each other`, parser.position);
      }
      const isPrefixed = this.#prefix !== '' && name.startsWith(this.#prefix);
      const element: OpenElement = {
        kind: 'element',
        name: isPrefixed ? name.slice(this.#prefix.length) : name,
        attributes: Object.entries(attributes).map(([key, value]) => ({
          name: key,
          parts: [{ kind: 'text', text: value }],
        })),
        children: [],
      };
      (this.#stack.at(-1)?.children ?? this.#roots).push(element);
      this.#stack.push(element);
    });
    parser.on('closetag', () => {
      const element = this.#stack.pop();
      // A value without text is an empty text: what XML shows of both is the same.
      if (element && this.#isEmptyValue(element)) element.children.push({ kind: 'text', text: '' });
    });
    const addText = (text: string): void => {
      this.#stack.at(-1)?.children.push({ kind: 'text', text });
    };
    parser.on('text', addText);
    parser.on('cdata', addText);
    return parser;
  }

  #isEmptyValue({ name, attributes, children }: OpenElement): boolean {
    const section = this.#stack[1]?.name;
    const depth = this.#stack.length;
    const isData = (section === 'EventData' && depth >= 2) || (section === 'UserData' && depth >= 3);
    const hasOnlyName = attributes.length === 0 || (attributes.length === 1 && attributes[0]?.name === 'Name');
    return isData && name !== 'Binary' && children.length === 0 && hasOnlyName;
  }
}

/**
 * Puts references in the place of carriage returns in texts, which XML would drop: Windows' values hold them, and
 * evtx_dump and others write them as they are.
 */
function keepReturns(text: string): string {
  if (!text.includes('\r')) return text;
  return text.replace(/>[^<]*\r[^<]*(?=<)/g, (between) => between.replaceAll('\r', '&#13;'));
}

class Broken extends Error {}

function hasSystem(roots: readonly Node[]): boolean {
  const [root] = roots;
  return (
    root?.kind === 'element' &&
    root.children.some((child) => child.kind === 'element' && child.name === 'System' && child.children.length > 0)
  );
}

function fill(event: LogEvent, roots: readonly Node[]): void {
  const layout = describe(roots, 'event', textOf);
  const part = (name: SpinePart): string | undefined => {
    const parts = layout.spine.get(name);
    return parts && parts.length > 0 ? textOf(parts) : undefined;
  };
  const number = (name: SpinePart): number | undefined => {
    const text = part(name)?.trim();
    return text !== undefined && /^0x[0-9a-f]{1,7}$/i.test(text) ? Number(text) : smallInteger(text);
  };
  event.channel = part('channel') ?? '';
  event.provider = part('provider') ?? '';
  event.providerGuid = part('providerGuid') ?? '';
  event.eventId = number('eventId');
  event.version = number('version');
  event.level = number('level');
  event.task = number('task');
  event.opcode = number('opcode');
  event.keywords = part('keywords') ?? '';
  event.qualifiers = number('qualifiers');
  event.computer = part('computer');
  event.processId = part('processId');
  event.threadId = part('threadId');
  event.record = safeInteger(part('record'));
  const time = part('time');
  event.time = time === undefined ? undefined : readTime(time);
  if (time !== undefined && !event.time) event.badTime = time;
  for (const field of layout.fields) event.fields.add(field.base, textOf(field.parts));
}

function textOf(parts: readonly Part[]): string {
  let text = '';
  for (const part of parts) if (part.kind === 'text') text += part.text;
  return text;
}
