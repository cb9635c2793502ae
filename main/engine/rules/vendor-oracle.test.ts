import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchBuilder } from '../../columns/batch-builder.ts';
import { EventTable } from '../../columns/event-table.ts';
import { createMatching } from '../../match/matching.ts';
import { createRegexEngine } from '../../match/regex-engine.ts';
import { projectRoot } from '../../testing/corpus.ts';
import { makeBatches, type MadeEvent } from '../../testing/make-events.ts';
import type { CatalogRule, ScopeSource } from '../../../shared/catalog/catalog-rule.ts';
import { runnableRule } from '../../../shared/catalog/run/runnable.ts';
import { evaluateNaively, type NaiveEvent } from '../../../shared/matching/naive.ts';
import type { Expr, Predicate } from '../../../shared/model/predicate.ts';
import type { Rule } from '../../../shared/model/rule.ts';
import { loadRunMappings } from './rule-reader.ts';

/**
 * A rule brought into the terms of Windows events and run by the matcher must find what its condition, taken word by
 * word, says of the same events under the vendor's own names. Those names are derived here by plain string handling.
 */
const contentFolder = join(projectRoot, 'rules');
const mappings = loadRunMappings(contentFolder);
const regexes = createRegexEngine();
const span = { start: 0, end: 0 };
const SYSMON = { channel: 'Microsoft-Windows-Sysmon/Operational', provider: 'Microsoft-Windows-Sysmon' };
const SECURITY = { channel: 'Security', provider: 'Microsoft-Windows-Security-Auditing' };

const PATHS = [
  'C:\\Windows\\System32\\x.exe',
  'C:\\windows\\X.EXE',
  'x.exe',
  '\\x.exe',
  'C:\\a.b\\svc',
  'C:\\dir\\',
  'C:\\tmp\\a.tar.gz',
  'C:\\tmp\\.gz',
  'C:\\tmp\\dot.',
  'System',
  'C:\\x.exe\\y[1].exe',
];
const REGISTRY = ['HKLM\\SOFTWARE\\Run\\x', 'HKU\\S-1-5-21-1\\Run\\X', 'HKLM\\System\\Services\\svc\\ImagePath'];
const DATA = [
  'DWORD (0x00000001)',
  'DWORD (0x0000000a)',
  'QWORD (0x00000000-0x00000001)',
  'Binary Data',
  '1',
  'cmd /c x.exe',
  'word',
];
const USERS = ['CORP\\svc', 'NT AUTHORITY\\SYSTEM', 'alone'];
const LOCAL = ['0:0:0:0:0:0:0:1', '::1'];
const ADDRESSES = ['127.0.0.1', '10.0.0.5', ...LOCAL, '-'];
const VALUES = [
  ...PATHS,
  ...REGISTRY,
  ...DATA,
  ...USERS,
  ...ADDRESSES,
  ...['x', 'exe', '.exe', 'gz', 'tar.gz', '', '\\', '.', 'svc', 'SVC', 'Run', '10', '0x00000001', '0x0000000000000001'],
  ...[
    '\\REGISTRY\\MACHINE\\SOFTWARE\\Run\\x',
    'MACHINE\\SOFTWARE\\Run',
    'HKEY_LOCAL_MACHINE\\SOFTWARE',
    'CORP',
    'high',
    'System',
  ],
  ...['egress', 'ingress', 'outgoing', '443', 'RemoteInteractive', '3'],
];

const lastPart = (path: string): string => path.slice(path.lastIndexOf('\\') + 1);
const before = (path: string): string | undefined =>
  path.includes('\\') ? path.slice(0, path.lastIndexOf('\\')) : undefined;
const extension = (path: string): string | undefined => {
  const name = lastPart(path);
  const dot = name.lastIndexOf('.');
  return dot < 0 || dot === name.length - 1 ? undefined : name.slice(dot + 1);
};

/** A path under every name of its hive that a rule may begin with. */
function hiveNames(path: string): string[] {
  const rest = path.slice(path.indexOf('\\') + 1);
  const names = path.startsWith('HKLM\\')
    ? ['\\REGISTRY\\MACHINE\\', 'REGISTRY\\MACHINE\\', 'MACHINE\\', 'HKEY_LOCAL_MACHINE\\']
    : ['\\REGISTRY\\USER\\', 'REGISTRY\\USER\\', 'HKEY_USERS\\'];
  return [path, ...names.map((name) => name + rest)];
}

/** Registry data as Elastic has it: numbers as such, binary data as none. */
function dataTexts(details: string): string[] {
  const number = /^(D|Q)WORD \((?:0x)([0-9a-f]{8})(?:-0x([0-9a-f]{8}))?\)$/.exec(details);
  if (number) {
    const digits = (number[2] ?? '') + (number[3] ?? '');
    return [String(BigInt(`0x${digits}`)), `0x${digits}`];
  }
  return details === 'Binary Data' ? [] : [details];
}

const some = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value]);

/** The event as Elastic names it; undefined where it isn't among the kinds that are made here. */
function elasticEvent(event: MadeEvent): NaiveEvent {
  const data = event.data;
  const has = (field: string, of: (text: string) => string | string[]): string[] =>
    data[field] === undefined ? [] : [of(data[field])].flat();
  const same = (field: string): string[] => has(field, (text) => text);
  const words = { 'host.os.type': 'windows', 'event.code': String(event.eventId) };
  const actor = {
    'process.executable': same('Image'),
    'process.name': has('Image', lastPart),
    'user.name': has('User', lastPart),
    'user.domain': has('User', (text) => some(before(text))),
  };
  // Elasticsearch compares addresses, however they are written.
  const address = (field: string): string[] =>
    has(field, (text) => (text === '-' ? [] : LOCAL.includes(text) ? LOCAL : text));
  const kinds: Record<string, () => NaiveEvent> = {
    [`${SYSMON.channel} 1`]: () => ({
      ...words,
      ...actor,
      'event.category': 'process',
      'event.type': 'start',
      'process.command_line': same('CommandLine'),
      'process.pe.original_file_name': same('OriginalFileName'),
      'process.parent.name': has('ParentImage', lastPart),
      // Rules write it both ways, and so does the mapping.
      'process.Ext.token.integrity_level_name': has('IntegrityLevel', (text) => [text, text.toLowerCase()]),
    }),
    [`${SECURITY.channel} 4688`]: () => ({
      ...words,
      'event.category': 'process',
      'event.type': 'start',
      'process.executable': same('NewProcessName'),
      'process.name': has('NewProcessName', lastPart),
      'process.command_line': same('CommandLine'),
      'process.parent.name': has('ParentProcessName', lastPart),
      'user.name': same('SubjectUserName'),
      'user.domain': same('SubjectDomainName'),
    }),
    [`${SYSMON.channel} 3`]: () => ({
      ...words,
      ...actor,
      'event.category': 'network',
      'event.type': 'start',
      'source.ip': address('SourceIp'),
      'destination.ip': address('DestinationIp'),
      'destination.port': same('DestinationPort'),
      'network.direction': has('Initiated', (text) =>
        text === 'true' ? ['egress', 'outgoing', 'outbound'] : ['ingress', 'incoming', 'inbound'],
      ),
    }),
    [`${SYSMON.channel} 11`]: () => ({
      ...words,
      ...actor,
      'event.category': 'file',
      'event.type': 'creation',
      'file.path': same('TargetFilename'),
      'file.name': has('TargetFilename', lastPart),
      'file.extension': has('TargetFilename', (text) => some(extension(text))),
    }),
    [`${SYSMON.channel} 13`]: () => ({
      ...words,
      ...actor,
      'event.category': 'registry',
      'event.type': 'change',
      'registry.path': has('TargetObject', hiveNames),
      'registry.value': has('TargetObject', lastPart),
      'registry.data.strings': has('Details', dataTexts),
    }),
  };
  const native = kinds[`${event.channel} ${event.eventId}`]?.() ?? {};
  return Object.fromEntries(Object.entries(native).filter(([, value]) => value.length > 0));
}

// ---------------------------------------------------------------- what is made up

const of = (...texts: string[]) => fc.option(fc.constantFrom(...texts), { nil: undefined, freq: 6 });

function eventOf(
  head: Pick<MadeEvent, 'channel' | 'provider'>,
  eventId: number,
  fields: Record<string, string[]>,
): fc.Arbitrary<MadeEvent> {
  const values = Object.fromEntries(Object.entries(fields).map(([name, texts]) => [name, of(...texts)]));
  return fc.record(values).map((made) => ({
    ...head,
    eventId,
    computer: 'WS01',
    timeUs: 1_700_000_000_000_000,
    data: Object.fromEntries(Object.entries(made).filter((entry): entry is [string, string] => entry[1] !== undefined)),
  }));
}

const actorFields = { Image: PATHS, User: USERS };
const EVENTS = fc.oneof(
  eventOf(SYSMON, 1, {
    ...actorFields,
    ...{ CommandLine: VALUES, OriginalFileName: ['x.exe', 'X.EXE', 'svc'], ParentImage: PATHS },
    IntegrityLevel: ['High', 'System', 'Low'],
  }),
  eventOf(SECURITY, 4688, {
    ...{ NewProcessName: PATHS, ParentProcessName: PATHS, CommandLine: VALUES },
    ...{ SubjectUserName: ['svc', 'SYSTEM'], SubjectDomainName: ['CORP', 'NT AUTHORITY'] },
  }),
  eventOf(SYSMON, 3, {
    ...actorFields,
    SourceIp: ADDRESSES,
    DestinationIp: ADDRESSES,
    DestinationPort: ['443', '3'],
    Initiated: ['true', 'false'],
  }),
  eventOf(SYSMON, 11, { ...actorFields, TargetFilename: PATHS }),
  eventOf(SYSMON, 13, { ...actorFields, TargetObject: REGISTRY, Details: DATA }),
);

const TESTS: Readonly<Record<string, readonly string[]>> = {
  process: [
    'process.executable',
    'process.name',
    'process.command_line',
    'process.pe.original_file_name',
    'process.parent.name',
    'user.name',
    'user.domain',
    'process.Ext.token.integrity_level_name',
  ],
  network: ['process.name', 'source.ip', 'destination.ip', 'destination.port', 'network.direction', 'user.domain'],
  file: ['file.path', 'file.name', 'file.extension', 'process.name'],
  registry: ['registry.path', 'registry.value', 'registry.data.strings', 'process.name'],
};
const OPS = ['eq', 'contains', 'starts_with', 'ends_with', 'wildcard', 'is_null', 'is_not_null'] as const;

/** What stands in a wildcard pattern: a word with its wildcards written so, and stars around or within. */
const PATTERN = fc
  .tuple(fc.constantFrom(...VALUES), fc.constantFrom('*', '', '?'), fc.constantFrom('*', ''), fc.nat(6))
  .map(([word, head, tail, at]) => {
    const escape = (text: string): string => text.replace(/[\\*?]/g, '\\$&');
    const cut = Math.min(at, word.length);
    return `${head}${escape(word.slice(0, cut))}*${escape(word.slice(cut + 1))}${tail}`;
  });

function predicateOn(fields: readonly string[]): fc.Arbitrary<Predicate> {
  return fc
    .tuple(
      fc.constantFrom(...fields),
      fc.constantFrom(...OPS),
      fc.array(fc.constantFrom(...VALUES), { minLength: 1, maxLength: 3 }),
      fc.array(PATTERN, { minLength: 1, maxLength: 2 }),
      fc.boolean(),
      fc.constantFrom('any', 'any', 'all'),
    )
    .map(([field, op, words, patterns, caseSensitive, quantifier]): Predicate => {
      const texts = op === 'is_null' || op === 'is_not_null' ? [] : op === 'wildcard' ? patterns : words;
      const values = texts.map((text) => ({ text, span }));
      // Hives are told at the beginning of a value only: elsewhere a path is taken as the event writes it.
      if (field === 'registry.path' && op !== 'eq' && op !== 'starts_with' && !op.startsWith('is_')) {
        const inner = ['x', 'Run', 'svc', 'ImagePath', '\\', ''].map((text) => ({ text, span }));
        const ending = op === 'wildcard' ? 'contains' : op;
        return {
          kind: 'predicate',
          field,
          op: ending,
          values: inner.slice(0, values.length),
          caseSensitive,
          quantifier: quantifier,
          native: op,
          span,
        };
      }
      return {
        kind: 'predicate',
        field,
        op,
        values,
        caseSensitive,
        quantifier: quantifier,
        native: op,
        span,
      };
    });
}

function conditionOn(fields: readonly string[]): fc.Arbitrary<Expr> {
  const { expr } = fc.letrec<{ expr: Expr }>((tie) => ({
    expr: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { weight: 4, arbitrary: predicateOn(fields) },
      { weight: 1, arbitrary: tie('expr').map((child): Expr => ({ kind: 'not', child, span })) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('expr'), { minLength: 2, maxLength: 3 }))
          .map(([kind, children]): Expr => ({ kind, children, span })),
      },
    ),
  }));
  return expr;
}

const word = (field: string, text: string): Predicate => ({
  kind: 'predicate',
  ...{ field, op: 'eq', quantifier: 'any', caseSensitive: true, native: '==', span },
  values: [{ text, span }],
});

const EVENT_TYPE: Readonly<Record<string, string>> = {
  process: 'start',
  network: 'start',
  file: 'creation',
  registry: 'change',
};

function elasticRule(category: string, tested: Expr): CatalogRule {
  const scope = [
    word('host.os.type', 'windows'),
    word('event.category', category),
    word('event.type', EVENT_TYPE[category] as string),
  ];
  const condition: Expr = { kind: 'and', children: [...scope, tested], span };
  const sources: ScopeSource[] = [{ kind: 'event_category', name: category }];
  return {
    ...{
      vendor: 'elastic',
      language: 'eql',
      id: 'r',
      title: 'R',
      description: '',
      status: '',
      level: 'high',
      author: '',
      date: '',
    },
    ...{ tags: [], techniques: [], platforms: ['windows'], sequence: undefined, notParsed: [], notRunnable: '' },
    queries: [{ sources, predicates: condition, absent: false, span }],
    condition,
    ...{ span, querySpan: span },
  };
}

/** Numbers of the events that a rule hits. */
function hits(rule: Rule, events: readonly MadeEvent[]): ReadonlySet<number> {
  const table = new EventTable();
  for (const batch of makeBatches(new BatchBuilder(), events, 0)) table.append(batch);
  const plan = createMatching(table, contentFolder).compile([rule]);
  expect([...plan.notRun.values()].flat()).toEqual([]);
  const found = new Set<number>();
  for (const shape of table.shapes) plan.run(shape, 0, shape.count, (_, event) => found.add(event));
  return found;
}

describe('a rule in the terms of events', () => {
  it.each(Object.keys(TESTS))('finds what its own condition says: %s', (category) => {
    let run = 0;
    let all = 0;
    let hit = 0;
    fc.assert(
      fc.property(
        conditionOn(TESTS[category] as string[]),
        fc.array(EVENTS, { minLength: 8, maxLength: 24 }),
        (tested, events) => {
          const rule = elasticRule(category, tested);
          const made = runnableRule(rule, { text: '', fileName: 'r.toml' }, mappings);
          all++;
          if (!made.condition) {
            expect(made.diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
            return;
          }
          run++;
          const found = hits(made, events);
          hit += found.size;
          const isLeftOut = ({ eventId }: MadeEvent): boolean =>
            made.diagnostics.some(({ code, message }) => code === 'runs-in-part' && message.includes(` ${eventId}:`));
          events.forEach((event, number) => {
            const wanted = !isLeftOut(event) && evaluateNaively(rule.condition as Expr, elasticEvent(event), regexes);
            expect({ number, event, hit: found.has(number) }).toEqual({ number, event, hit: wanted });
          });
        },
      ),
      { numRuns: 120 },
    );
    // Most of what is made up can run, else nothing would have been tested.
    expect(run / all).toBeGreaterThan(0.4);
    expect(hit).toBeGreaterThan(50);
  });
});
