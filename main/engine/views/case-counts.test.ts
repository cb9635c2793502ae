import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FilterChip } from '../../../shared/model/filter.ts';
import { ANY_EVENT } from '../../../shared/catalog/logsource.ts';
import { BatchBuilder } from '../../columns/batch-builder.ts';
import { createMatching } from '../../match/matching.ts';
import { projectRoot } from '../../testing/corpus.ts';
import { makeBatches, type MadeEvent } from '../../testing/make-events.ts';
import { CaseEvents } from '../case-events.ts';
import { countTests } from './case-counts.ts';
import { chipExpr } from './chips.ts';

const SYSMON = { channel: 'Microsoft-Windows-Sysmon/Operational', provider: 'Microsoft-Windows-Sysmon', eventId: 1 };
const SECURITY = { channel: 'Security', provider: 'Microsoft-Windows-Security-Auditing', eventId: 4688 };

function made(kind: typeof SYSMON, data: Record<string, string>): MadeEvent {
  return { ...kind, computer: 'WS01', timeUs: 0, data };
}

const EVENTS = [
  made(SYSMON, { Image: 'C:\\tools\\plink.exe', ProcessId: '7', User: 'A\\b' }),
  made(SECURITY, {
    NewProcessName: 'C:\\Tools\\PLINK.EXE',
    NewProcessId: '7',
    ProcessId: '9',
    SubjectDomainName: 'A',
    SubjectUserName: 'b',
  }),
  made({ ...SECURITY, eventId: 4624 }, { NewProcessName: 'C:\\tools\\plink.exe' }),
];

function open() {
  const events = new CaseEvents({ sets: [], ofSet: () => undefined, general: () => [] });
  events.start({ source: 0, name: 'a', path: '', bytes: 0 });
  for (const batch of makeBatches(new BatchBuilder(), EVENTS, 0)) events.table.append(batch);
  return { events, matching: createMatching(events.table, join(projectRoot, 'rules')) };
}

type Test = Pick<FilterChip, 'field' | 'op' | 'value'>;

async function countOf(test: Test): Promise<number | null | undefined> {
  const source = open();
  const result = await countTests({ tests: [test] }, () => source);
  if (!result.ok) throw new Error(result.fault.message);
  return result.value.counts[0];
}

function shownBy(test: Test): number[] {
  const { events, matching } = open();
  const expr = chipExpr([{ ...test, negated: false, enabled: true }]);
  if (!expr) throw new Error('no test');
  const found: number[] = [];
  const scan = matching.compileExpr(expr, ANY_EVENT);
  for (const shape of events.table.shapes) scan.run(shape, 0, shape.count, (event) => found.push(event));
  return found;
}

describe('counts and filters', () => {
  it.each<[Test, number[]]>([
    // 4688 calls it NewProcessName; another event with such a field is no process creation.
    [{ field: 'Image', op: 'ends_with', value: '\\plink.exe' }, [0, 1]],
    [{ field: 'NewProcessName', op: 'ends_with', value: '\\plink.exe' }, [1, 2]],
    [{ field: 'User', op: 'eq', value: 'a\\B' }, [0, 1]],
    // What an event calls so itself goes before: 4688's own ProcessId is the creator's.
    [{ field: 'ProcessId', op: 'eq', value: '9' }, [1]],
    [{ field: 'ProcessId', op: 'eq', value: '7' }, [0]],
    [{ field: 'Image', op: 'match', value: '(?i)^c:.tools.plink[.]exe$' }, [0, 1]],
    [{ field: 'Image', op: 'wildcard', value: '*\\\\tools\\\\*.exe' }, [0, 1]],
  ])('of %o are of the same events', async (test, events) => {
    expect(shownBy(test)).toEqual(events);
    expect(await countOf(test)).toBe(events.length);
  });

  it('say where a test cannot be made', async () => {
    expect(await countOf({ field: 'Image', op: 'match', value: '(?<=a)b' })).toBeNull();
  });
});
