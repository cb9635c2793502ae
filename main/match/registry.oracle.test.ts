import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSigma } from '../../shared/catalog/dialects/sigma/read.ts';
import { BatchBuilder } from '../columns/batch-builder.ts';
import { EventTable } from '../columns/event-table.ts';
import { makeBatches, type MadeEvent } from '../testing/make-events.ts';
import { projectRoot } from '../testing/corpus.ts';
import { createMatching } from './matching.ts';

/** One change of the registry, as Windows' own auditing and as Sysmon tell of it. */
interface Change {
  readonly object: string;
  readonly name: string;
  readonly type: string;
  readonly value: string;
  readonly target: string;
  readonly details: string;
}

const SERVICE = {
  object: '\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\x',
  target: 'HKLM\\System\\CurrentControlSet\\Services\\x',
};

const CHANGES: readonly Change[] = [
  ...[
    ['%%1876', '1', 'DWORD (0x00000001)'],
    ['%%1876', '4294967295', 'DWORD (0xffffffff)'],
    ['REG_DWORD', '0x10', 'DWORD (0x00000010)'],
    ['%%1883', '4294967298', 'QWORD (0x00000001-0x00000002)'],
    ['%%1875', 'de ad be ef', 'Binary Data'],
    ['%%1873', 'C:\\a.exe', 'C:\\a.exe'],
    ['%%1874', '%TEMP%\\a.exe', '%TEMP%\\a.exe'],
    ['%%1873', '', '(Empty)'],
    ['%%1873', '1', '1'],
    ['%%1876', 'no number', 'no number'],
  ].map(([type = '', value = '', details = '']): Change => {
    return {
      ...SERVICE,
      object: SERVICE.object,
      name: 'Start',
      target: `${SERVICE.target}\\Start`,
      type,
      value,
      details,
    };
  }),
  {
    object: '\\REGISTRY\\USER\\S-1-5-21-1-2-3-1001_Classes\\ms-settings\\shell\\open\\command',
    name: '',
    type: '%%1873',
    value: 'cmd.exe',
    target: 'HKU\\S-1-5-21-1-2-3-1001_Classes\\ms-settings\\shell\\open\\command\\(Default)',
    details: 'cmd.exe',
  },
];

function eventsOf({ object, name, type, value, target, details }: Change): MadeEvent[] {
  return [
    {
      ...{ channel: 'Security', provider: 'Microsoft-Windows-Security-Auditing', eventId: 4657 },
      ...{ computer: 'A', timeUs: 1 },
      data: {
        ...{ ObjectName: object, ObjectValueName: name, OperationType: '%%1905', ProcessName: 'C:\\reg.exe' },
        ...{ NewValueType: type, NewValue: value },
      },
    },
    {
      ...{ channel: 'Microsoft-Windows-Sysmon/Operational', provider: 'Microsoft-Windows-Sysmon', eventId: 13 },
      ...{ computer: 'A', timeUs: 1 },
      data: { TargetObject: target, Details: details, EventType: 'SetValue', Image: 'C:\\reg.exe' },
    },
  ];
}

function hits(selection: readonly string[], events: readonly MadeEvent[]): number[] {
  const text =
    'title: T\nlogsource: {product: windows, category: registry_set}\ndetection:\n  sel:\n' +
    `${selection.map((line) => `    ${line}\n`).join('')}  condition: sel\n`;
  const { rules } = readSigma(text);
  const table = new EventTable();
  for (const batch of makeBatches(new BatchBuilder(), events, 0)) table.append(batch);
  const plan = createMatching(table, join(projectRoot, 'rules')).compile(rules);
  expect([...plan.notRun.values()].flat()).toEqual([]);
  const found: number[] = [];
  for (const shape of table.shapes) plan.run(shape, 0, shape.count, (_, event) => found.push(event));
  return found.sort((a, b) => a - b);
}

describe('a change of the registry', () => {
  it("is the same to a rule in Windows' own event and in Sysmon's", () => {
    const events = CHANGES.flatMap(eventsOf);
    CHANGES.forEach(({ target, details }) => {
      const selection = [
        `TargetObject: '${target}'`,
        `Details: '${details}'`,
        'EventType: SetValue',
        "Image: 'C:\\reg.exe'",
      ];
      const same = CHANGES.flatMap((other, i) => {
        const isSame = other.target === target && other.details === details;
        return isSame ? [i * 2, i * 2 + 1] : [];
      });
      expect([selection, hits(selection, events)]).toEqual([selection, same]);
    });
  });

  it('is found by parts and roots of it, and without a type by the value as it stands', () => {
    const events = CHANGES.flatMap(eventsOf);
    expect(hits(["Details|startswith: 'DWORD'"], events)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(hits(["TargetObject|contains: '\\CurrentControlSet\\Services\\'"], events)).toHaveLength(20);
    expect(hits(["TargetObject|endswith: '\\shell\\open\\command\\(Default)'"], events)).toEqual([20, 21]);
    const [audited] = eventsOf(CHANGES[0] as Change) as [MadeEvent];
    const { NewValueType: _, ...data } = audited.data;
    expect(hits(["Details: '1'"], [{ ...audited, data }])).toEqual([0]);
  });
});
