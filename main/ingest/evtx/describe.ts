import type { Attribute, Element, Node, Part } from './binxml.ts';
import { Damage } from './container/damage.ts';
import { occurrenceName } from '../../columns/event-data.ts';

/** The parts of an event's spine that its XML names; the first ten make its head. */
export const SPINE_PARTS = [
  'channel',
  'provider',
  'providerGuid',
  'eventId',
  'version',
  'level',
  'task',
  'opcode',
  'keywords',
  'qualifiers',
  'computer',
  'processId',
  'threadId',
  'time',
  'record',
] as const;
export type SpinePart = (typeof SPINE_PARTS)[number];
export const HEAD_PARTS = 10;

/** Whether the nodes are a whole record, what stands within its Event element, or within its UserData. */
export type Context = 'event' | 'section' | 'payload';

export interface Field {
  readonly name: string;
  /** The name without the number of its occurrence. */
  readonly base: string;
  readonly parts: readonly Part[];
}

export interface Layout {
  readonly spine: ReadonlyMap<SpinePart, readonly Part[]>;
  readonly fields: readonly Field[];
  /** How often each base name occurs; more where fields really so named have the names of its occurrences. */
  readonly counts: ReadonlyMap<string, number>;
  /** The substitution that stands for more XML, or -1. */
  readonly nested: number;
  /** Where that XML is. */
  readonly nestedContext: 'section' | 'payload';
  readonly isPlain: boolean;
  /** UTF-16 units of all field names. */
  readonly nameLength: number;
}

/** Longest name of a field, path included; Windows' own stay below 100. */
const NAME_LIMIT = 1000;
/** UTF-16 units of all field names of a record. */
const NAMES_LIMIT = 1 << 20;

/** System's elements (`Element` or `Element@Attribute`) that have a place in the spine, or a short field name. */
const SYSTEM_SPINE: Readonly<Record<string, SpinePart>> = {
  Channel: 'channel',
  'Provider@Name': 'provider',
  'Provider@Guid': 'providerGuid',
  EventID: 'eventId',
  'EventID@Qualifiers': 'qualifiers',
  Version: 'version',
  Level: 'level',
  Task: 'task',
  Opcode: 'opcode',
  Keywords: 'keywords',
  Computer: 'computer',
  'Execution@ProcessID': 'processId',
  'Execution@ThreadID': 'threadId',
  'TimeCreated@SystemTime': 'time',
  EventRecordID: 'record',
};
const SYSTEM_FIELDS: Readonly<Record<string, string>> = {
  'Security@UserID': 'System.UserID',
  'Correlation@ActivityID': 'System.ActivityID',
  'Correlation@RelatedActivityID': 'System.RelatedActivityID',
};

/**
 * Tells what the parts of an event's XML are to us: the spine, and the fields by name.
 *
 * Names: `<Data Name="X">` is `X`, a Data without a name `Data`, `Data[2]` …; otherwise the path of element names
 * below EventData, or below the first element of UserData, joined with dots, an attribute as a last step
 * (`Certificate.fileRef`). Attributes of EventData and of UserData's first element carry that element's name.
 * Other children of Event keep their name as a first step (`ProcessingErrorData.ErrorCode`, `RenderingInfo.Message`).
 * Namespace declarations are no fields. An element with neither text nor a value gives none, but it counts as an
 * occurrence: so `Data[2]` is always the second Data. Where a field is really named `Data[2]`, whichever comes later has
 * the next number that is free: none takes another's place.
 *
 * @param nameText text of a Data's Name, undefined where it is not known before the values are.
 */
export function describe(
  nodes: readonly Node[],
  context: Context,
  nameText: (parts: readonly Part[]) => string | undefined,
): Layout {
  return new Describer(nameText).run(nodes, context);
}

class Describer {
  readonly #spine = new Map<SpinePart, readonly Part[]>();
  readonly #fields: Field[] = [];
  readonly #counts = new Map<string, number>();
  readonly #names = new Set<string>();
  readonly #nameText: (parts: readonly Part[]) => string | undefined;
  #nested = -1;
  #nestedContext: 'section' | 'payload' = 'section';
  #isPlain = true;
  #nameLength = 0;

  constructor(nameText: (parts: readonly Part[]) => string | undefined) {
    this.#nameText = nameText;
  }

  run(nodes: readonly Node[], context: Context): Layout {
    if (context === 'section') this.#sections(nodes);
    else if (context === 'payload') this.#payloads(nodes);
    else {
      for (const node of nodes) {
        if (node.kind !== 'element') continue;
        if (node.name === 'Event') this.#sections(node.children);
        else this.#section(node);
      }
    }
    return {
      spine: this.#spine,
      fields: this.#fields,
      counts: this.#counts,
      nested: this.#nested,
      nestedContext: this.#nestedContext,
      isPlain: this.#isPlain,
      nameLength: this.#nameLength,
    };
  }

  #sections(nodes: readonly Node[]): void {
    for (const node of nodes) {
      if (node.kind === 'element') this.#section(node);
      else if (node.kind === 'substitution') {
        this.#nest(node.index, 'section');
      } else if (node.kind === 'value' || (node.kind === 'text' && node.text.trim() !== '')) this.#add('Event', [node]);
    }
  }

  #section(element: Element): void {
    switch (element.name) {
      case 'System':
        this.#system(element);
        break;
      case 'EventData':
        this.#attributes(element.attributes, 'EventData');
        this.#text(element, 'EventData');
        for (const child of element.children) if (child.kind === 'element') this.#field(child, '');
        break;
      case 'UserData': {
        const [only, ...others] = element.children;
        if (only?.kind === 'substitution' && others.length === 0) this.#nest(only.index, 'payload');
        else {
          this.#text(element, 'UserData');
          this.#payloads(element.children);
        }
        break;
      }
      default:
        this.#field(element, '');
    }
  }

  #nest(substitution: number, context: 'section' | 'payload'): void {
    if (this.#nested >= 0) this.#isPlain = false;
    this.#nested = substitution;
    this.#nestedContext = context;
  }

  /** What UserData holds: one element, whose children are the fields. */
  #payloads(nodes: readonly Node[]): void {
    for (const payload of nodes) {
      if (payload.kind !== 'element') continue;
      this.#attributes(payload.attributes, payload.name);
      this.#text(payload, payload.name);
      for (const child of payload.children) if (child.kind === 'element') this.#field(child, '');
    }
  }

  #system(system: Element): void {
    for (const child of system.children) {
      if (child.kind !== 'element') continue;
      this.#systemPart(child.name, ownText(child), `System.${child.name}`);
      for (const { name, parts } of child.attributes) {
        if (!isNamespace(name)) this.#systemPart(`${child.name}@${name}`, parts, `System.${child.name}.${name}`);
      }
      for (const grandchild of child.children) {
        if (grandchild.kind === 'element') this.#field(grandchild, `System.${child.name}.`);
      }
    }
  }

  #systemPart(key: string, parts: readonly Part[], otherName: string): void {
    const spine = Object.hasOwn(SYSTEM_SPINE, key) ? SYSTEM_SPINE[key] : undefined;
    if (spine && !this.#spine.has(spine)) this.#spine.set(spine, parts);
    else if (parts.length > 0) this.#add((Object.hasOwn(SYSTEM_FIELDS, key) && SYSTEM_FIELDS[key]) || otherName, parts);
  }

  /** An element among the data: its text, attributes and children. */
  #field(element: Element, prefix: string): void {
    let name = element.name;
    let attributes = element.attributes;
    if (name === 'Data' || name === 'ComplexData') {
      const naming = attributes.find((attribute) => attribute.name === 'Name');
      if (naming) {
        const given = this.#nameText(naming.parts);
        if (given === undefined) this.#isPlain = false;
        else if (given !== '') {
          name = given;
          attributes = attributes.filter((attribute) => attribute !== naming);
        }
      }
    }
    const path = prefix + name;
    if (path.length > NAME_LIMIT) throw new Damage(`A field's name is longer than ${NAME_LIMIT} characters`, 0);
    this.#text(element, path);
    this.#attributes(attributes, path);
    for (const child of element.children) if (child.kind === 'element') this.#field(child, `${path}.`);
  }

  #text(element: Element, path: string): void {
    const parts = ownText(element);
    if (parts.length > 0 || !element.children.some((child) => child.kind === 'element')) this.#add(path, parts);
  }

  #attributes(attributes: readonly Attribute[], path: string): void {
    for (const { name, parts } of attributes) {
      if (path.length + name.length > NAME_LIMIT) {
        throw new Damage(`A field's name is longer than ${NAME_LIMIT} characters`, 0);
      }
      if (!isNamespace(name)) this.#add(`${path}.${name}`, parts);
    }
  }

  #add(base: string, parts: readonly Part[]): void {
    this.#nameLength += base.length;
    if (this.#nameLength > NAMES_LIMIT) throw new Damage("The names of the record's fields are too long together", 0);
    let count = (this.#counts.get(base) ?? 0) + 1;
    let name = occurrenceName(base, count);
    // A field really named `x[2]` may have the place of the second `x`, and the other way about.
    while (this.#names.has(name)) name = occurrenceName(base, ++count);
    this.#names.add(name);
    this.#counts.set(base, count);
    if (parts.length > 0) this.#fields.push({ name, base, parts });
  }
}

/** An element's own text; blanks between child elements are none. */
function ownText(element: Element): readonly Part[] {
  const parts: Part[] = [];
  let hasElements = false;
  for (const child of element.children) {
    if (child.kind === 'element') hasElements = true;
    else if (child.kind !== 'instruction') parts.push(child);
  }
  const isBlank = parts.every((part) => part.kind === 'text' && part.text.trim() === '');
  return hasElements && isBlank ? [] : parts;
}

function isNamespace(attribute: string): boolean {
  return attribute === 'xmlns' || attribute.startsWith('xmlns:');
}
