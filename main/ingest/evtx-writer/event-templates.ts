import { element, text, XmlTemplate, type XmlContent, type XmlElement } from './xml-template.ts';
import { VALUE_TYPE } from './value.ts';
import type { WriterEvent, WriterField, WriterType } from './writer-event.ts';

const XMLNS = ['xmlns', text('http://schemas.microsoft.com/win/2004/08/events/event')] as const;

/** Index of each value of the outer template's instance: the order in which Windows writes them. */
export const SYSTEM_VALUES = {
  level: 0,
  opcode: 1,
  task: 2,
  eventId: 3,
  qualifiers: 4,
  keywords: 5,
  time: 6,
  activityId: 7,
  processId: 8,
  threadId: 9,
  recordId: 10,
  version: 11,
  userSid: 12,
  relatedActivityId: 13,
  providerName: 14,
  providerGuid: 15,
  channel: 16,
  payload: 17,
} as const;
export const SYSTEM_VALUE_COUNT = 18;

const optional = (name: keyof typeof SYSTEM_VALUES, type: keyof typeof VALUE_TYPE): XmlContent => ({
  kind: 'value',
  index: SYSTEM_VALUES[name],
  type: VALUE_TYPE[type],
  optional: true,
});

/** An element that holds one optional value and is left out with it. */
function leaf(name: string, value: keyof typeof SYSTEM_VALUES, type: keyof typeof VALUE_TYPE): XmlElement {
  return element(name, [], [optional(value, type)], SYSTEM_VALUES[value]);
}

/** The outer template as Windows 7 and later write it for an event's computer and kind of source. */
function systemTemplate(event: WriterEvent): XmlTemplate {
  const { computer } = event;
  const { eventSourceName } = event.provider;
  const classic = isClassic(event);
  const provider: (readonly [string, XmlContent])[] = [['Name', optional('providerName', 'string')]];
  if (!classic) provider.push(['Guid', optional('providerGuid', 'guid')]);
  if (eventSourceName !== undefined) provider.push(['EventSourceName', text(eventSourceName)]);
  const correlation = [
    element(
      'Correlation',
      [
        ['ActivityID', optional('activityId', 'guid')],
        ['RelatedActivityID', optional('relatedActivityId', 'guid')],
      ],
      [],
    ),
    element(
      'Execution',
      [
        ['ProcessID', optional('processId', 'uint32')],
        ['ThreadID', optional('threadId', 'uint32')],
      ],
      [],
    ),
  ];
  const system = element(
    'System',
    [],
    [
      element('Provider', provider, []),
      element(
        'EventID',
        [['Qualifiers', optional('qualifiers', 'uint16')]],
        [optional('eventId', 'uint16')],
        SYSTEM_VALUES.eventId,
      ),
      ...(classic ? [] : [leaf('Version', 'version', 'uint8')]),
      leaf('Level', 'level', 'uint8'),
      leaf('Task', 'task', 'uint16'),
      ...(classic ? [] : [leaf('Opcode', 'opcode', 'uint8')]),
      leaf('Keywords', 'keywords', 'hex64'),
      element('TimeCreated', [['SystemTime', optional('time', 'filetime')]], []),
      leaf('EventRecordID', 'recordId', 'uint64'),
      ...(classic ? [] : correlation),
      leaf('Channel', 'channel', 'string'),
      element('Computer', [], [text(computer)]),
      element('Security', [['UserID', optional('userSid', 'sid')]], []),
    ],
  );
  const root = hasPayload(event)
    ? element('Event', [XMLNS], [system, optional('payload', 'binXml')], SYSTEM_VALUES.payload)
    : element('Event', [XMLNS], [system]);
  return new XmlTemplate(root);
}

/** Whether an event comes from a source without a manifest. */
export function isClassic(event: WriterEvent): boolean {
  return event.provider.guid === undefined;
}

/** Whether an event has EventData or UserData. */
export function hasPayload(event: WriterEvent): boolean {
  return event.data !== undefined || event.binary !== undefined;
}

/** A step of the tree that finds a payload's template from its fields, one (name, type) after the other. */
interface FieldNode {
  readonly next: Map<string | undefined, Map<WriterType, FieldNode>>;
  template: XmlTemplate | undefined;
}

const fieldNode = (): FieldNode => ({ next: new Map(), template: undefined });

/** Finds or makes the templates of events. Events with equal computers, and with equal field lists, share them. */
export class EventTemplates {
  readonly #systems = new Map<string, XmlTemplate>();
  readonly #payloads = new Map<string, FieldNode>();

  system(event: WriterEvent): XmlTemplate {
    const kind = `${isClassic(event) ? 'c' : 'm'}${hasPayload(event) ? 'p' : '-'}`;
    const key = `${kind}${event.computer}\n${event.provider.eventSourceName ?? ''}`;
    let template = this.#systems.get(key);
    if (!template) this.#systems.set(key, (template = systemTemplate(event)));
    return template;
  }

  payload(event: WriterEvent, fields: readonly WriterField[]): XmlTemplate {
    const kind = event.userData ? `u${event.userData.root}\n${event.userData.namespace}` : `d${event.dataName ?? ''}`;
    const key = event.binary ? `${kind}\nb` : kind;
    let node = this.#payloads.get(key);
    if (!node) this.#payloads.set(key, (node = fieldNode()));
    for (const field of fields) node = step(node, field);
    return (node.template ??= new XmlTemplate(payloadTree(event, fields)));
  }
}

function step(node: FieldNode, field: WriterField): FieldNode {
  let types = node.next.get(field.name);
  if (!types) node.next.set(field.name, (types = new Map<WriterType, FieldNode>()));
  let next = types.get(field.type);
  if (!next) types.set(field.type, (next = fieldNode()));
  return next;
}

function payloadTree(event: WriterEvent, fields: readonly WriterField[]): XmlElement {
  const value = (index: number, type: WriterType): XmlContent => ({
    kind: 'value',
    index,
    // A value that is null in this instance still has a declared type.
    type: type === 'null' ? VALUE_TYPE.string : VALUE_TYPE[type],
    optional: type === 'strings' || type === 'null',
  });
  if (event.userData) {
    const children = fields.map((field, i) => {
      if (field.name === undefined) throw new RangeError('a field of UserData needs a name');
      return element(field.name, [], [value(i, field.type)]);
    });
    const root = element(event.userData.root, [['xmlns', text(event.userData.namespace)]], children);
    return element('UserData', [], [root]);
  }
  const children = fields.map((field, i) =>
    element('Data', field.name === undefined ? [] : [['Name', text(field.name)]], [value(i, field.type)]),
  );
  if (event.binary) children.push(element('Binary', [], [value(fields.length, 'binary')]));
  return element('EventData', event.dataName === undefined ? [] : [['Name', text(event.dataName)]], children);
}
