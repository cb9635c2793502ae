import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { BatchBuilder } from '../../columns/batch-builder.ts';
import { makeBatches, type MadeEvent } from '../../testing/make-events.ts';
import { calls, type CallOutput } from '../../../shared/ipc/contract.ts';
import { fail, type Result } from '../../../shared/model/fault.ts';
import type { EngineApi } from '../api.ts';
import { createEngine } from '../create.ts';

const contentFolder = fileURLToPath(new URL('../../../rules', import.meta.url));

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.fault.message);
  return result.value;
}

/** Every combination of a few values. */
const EVENTS: readonly MadeEvent[] = ['a.exe', 'b.exe', 'c.exe'].flatMap((image) =>
  ['-R', '-L', ''].flatMap((commandLine) =>
    ['root', 'kim', 'lee'].map((user) => ({
      channel: 'Microsoft-Windows-Sysmon/Operational',
      provider: 'Microsoft-Windows-Sysmon',
      eventId: 1,
      computer: 'WS1',
      timeUs: 1_700_000_000_000_000,
      data: { Image: image, CommandLine: commandLine, User: user },
    })),
  ),
);

let engine: EngineApi;
beforeAll(async () => {
  engine = await createEngine({
    contentFolder,
    readRaw: () => Promise.resolve(fail({ code: 'not-found', message: 'No file' })),
  });
  const source = engine.nextSource();
  engine.startSource({ source, name: 'f', path: '/f', bytes: 1 });
  for (const batch of makeBatches(new BatchBuilder(), EVENTS, source)) must(engine.append(batch));
});

const rule = (detection: string): string =>
  `title: x\nlogsource:\n  product: windows\n  category: process_creation\ndetection:\n${detection}`;

async function near(text: string): Promise<CallOutput<'draft.near'>['parts']> {
  const answer = must(await engine['draft.near']({ text }));
  calls['draft.near'].output.parse(answer);
  return answer.parts;
}

async function hits(text: string): Promise<number> {
  const result = must(await engine['draft.run']({ text, version: 1 }));
  expect(result.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return result.hits;
}

describe('near misses', () => {
  it('of each test are what the rule hits more once its lines are gone', async () => {
    const text = rule(
      `  first:
    Image:
      - a.exe
      - b.exe
    CommandLine|contains: '-R'
  second:
    - User: root
      CommandLine|startswith: '-'
    - User: kim
  condition: first and second
`,
    );
    const all = await hits(text);
    const parts = await near(text);
    expect(parts.map(({ span }) => text.slice(span.start, span.end).split(':')[0])).toEqual([
      'Image',
      'CommandLine|contains',
      'User',
      'CommandLine|startswith',
    ]);
    for (const { part, span, events } of parts) {
      const written = text.slice(span.start, span.end);
      // The first key of a list's entry has the dash before it.
      const without = text.replace(
        text.slice(span.start - 2, span.start) === '- ' ? `${written.trimEnd()}\n      ` : written.trimEnd(),
        '',
      );
      expect([written, part, events]).toEqual([written, 'test', (await hits(without)) - all]);
    }
    expect(parts.some(({ events }) => events > 0)).toBe(true);
  });

  it('of each filter are what it alone takes away', async () => {
    const text = rule(
      `  selection:
    Image: a.exe
  filter_main_a:
    User: root
  filter_main_b:
    User: kim
    CommandLine: ''
  condition: selection and not 1 of filter_main_*
`,
    );
    const all = await hits(text);
    const parts = await near(text);
    expect(parts.map(({ part, span }) => [part, text.slice(span.start, span.end).trim()])).toEqual([
      ['test', 'Image: a.exe'],
      ['exclusion', 'User: root'],
      ['exclusion', "User: kim\n    CommandLine: ''"],
    ]);
    expect(parts.map(({ events }) => events)).toEqual([
      (await hits(text.replace('Image: a.exe', 'EventID: 1'))) - all,
      (await hits(text.replace('User: root', 'User: nobody'))) - all,
      (await hits(text.replace('User: kim', 'User: nobody'))) - all,
    ]);
  });

  it('there are none of alternatives, of a single test, and of what cannot run', async () => {
    const alone = '  a:\n    Image: a.exe\n  b:\n    Image: b.exe\n';
    expect(await near(rule(`${alone}  condition: a\n`))).toEqual([]);
    expect(await near(rule(`${alone}  condition: 1 of them\n`))).toEqual([]);
    expect(await near(rule('  a:\n    Image|sounds_like: x\n    User: y\n  condition: a\n'))).toEqual([]);
    expect(await near('title: [')).toEqual([]);
  });
});
