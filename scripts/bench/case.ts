import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Dialogs } from '../../main/app/ports.ts';
import { Workbench } from '../../main/app/workbench.ts';
import { projectRoot } from '../../main/testing/corpus.ts';
import { startWorker } from '../../main/worker/thread-client.ts';
import { EMPTY_FILTER, type FilterChip, type ViewFilter } from '../../shared/model/filter.ts';
import type { CallInput, CallName, CallOutput } from '../../shared/ipc/contract.ts';
import type { Fault } from '../../shared/model/fault.ts';
import { writeCaseLogs } from './case-logs.ts';

/** How often a call is made; one that takes long is made fewer times. */
const RUNS = 15;
const LONG_MS = 3000;
/** Between two of the cheap calls that are made beside a dear one. */
const BESIDE_MS = 4;

/** A folder of logs that is not there yet is made, and stays. */
const USAGE = 'npm run bench -- case [events, default 200000] [--logs FOLDER]';

/**
 * Opens a generated case in the built program and asks it what the window asks: elapsed time of each call, processor
 * time of the whole process, and how long a cheap call (a page of rows) waits that is made meanwhile. Where SQLite can
 * be asked the same, its time for it on the same case is beside.
 */
export async function run(args: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rulewright-bench-'));
  const at = args.indexOf('--logs');
  const logs = at < 0 ? join(folder, 'logs') : args[at + 1];
  const count = Number(args.find((arg, i) => i !== at && i !== at + 1) ?? 200_000);
  if (logs === undefined || !(count > 0)) {
    console.error(`Usage: ${USAGE}`);
    process.exitCode = 2;
    return;
  }
  try {
    if (!existsSync(logs)) {
      mkdirSync(logs);
      writeCaseLogs(logs, count);
    }
    const bench = await CaseBench.open(folder);
    await bench.all(logs);
    await bench.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Ask = () => Promise<unknown>;

class CaseBench {
  #view = '';
  #peak = 0;
  readonly #watch: NodeJS.Timeout;

  private constructor(
    private readonly workbench: Workbench,
    private readonly folder: string,
    private readonly faults: Fault[],
  ) {
    this.#watch = setInterval(() => (this.#peak = Math.max(this.#peak, process.memoryUsage.rss())), 50);
  }

  static async open(folder: string): Promise<CaseBench> {
    const contentFolder = join(projectRoot, 'rules');
    const thread = (name: string, data: unknown) => () =>
      startWorker(pathToFileURL(join(projectRoot, 'dist', `${name}-thread.js`)), data);
    const dialogs: Dialogs = {
      openPaths: () => Promise.resolve([]),
      savePath: (what) => Promise.resolve(join(folder, `saved.${what === 'case' ? 'rwcase' : what}`)),
    };
    const faults: Fault[] = [];
    const workbench = await Workbench.open({
      contentFolder,
      dialogs,
      dataFolder: folder,
      emit: (name, value) => {
        if (name === 'job.progress' && 'fault' in value && value.fault) faults.push(value.fault as Fault);
      },
      paths: [],
      runtime: 'stand-in',
      threads: {
        engine: thread('engine', { contentFolder }),
        decode: thread('decode', undefined),
        sql: thread('sql', undefined),
        catalog: thread('catalog', { contentFolder, cacheFolder: undefined }),
      },
      version: '0',
    });
    return new CaseBench(workbench, folder, faults);
  }

  async close(): Promise<void> {
    clearInterval(this.#watch);
    await this.workbench.close();
  }

  async #call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
    const answer = await this.workbench.handlers[name](input);
    if (!answer.ok) throw new Error(`${name}: ${answer.fault.message} ${answer.fault.detail ?? ''}`);
    return answer.value;
  }

  async #job(start: Promise<{ job: string }>): Promise<void> {
    await start;
    await this.workbench.idle();
    const fault = this.faults.pop();
    if (fault) console.log(`  (${fault.message} ${fault.detail ?? ''})`);
  }

  async all(logs: string): Promise<void> {
    const [root] = await this.workbench.grant([logs]);
    if (!root) throw new Error('nothing was granted');
    heading();
    await this.#time(
      'open logs',
      () => this.#job(this.#call('ingest.start', { handles: [root.handle], options: {} })),
      1,
    );
    await this.#time('load the starter rules', () => this.#job(this.#call('rules.loadStarter', {})), 1);
    const rules = join(this.folder, 'rules');
    mkdirSync(rules);
    writeFileSync(join(rules, 'often.yml'), OFTEN);
    writeFileSync(join(rules, 'rarely.yml'), RARELY);
    const [granted] = await this.workbench.grant([rules]);
    if (!granted) throw new Error('nothing was granted');
    await this.#time('load two rules', () => this.#job(this.#call('rules.load', { handles: [granted.handle] })), 1);
    await this.#memory();
    await this.#views();
    await this.#sql();
    await this.#files();
    await this.#memory();
  }

  #open(filter: Partial<ViewFilter>, field = 'time', descending = false): Promise<CallOutput<'view.open'>> {
    return this.#call('view.open', { filter: { ...EMPTY_FILTER, ...filter }, sort: { field, descending } });
  }

  async #views(): Promise<void> {
    const whole = await this.#renew();
    const span = { fromUs: whole.firstUs ?? 0, toUs: (whole.lastUs ?? 0) + 1 };
    const middle = span.fromUs + (span.toUs - span.fromUs) / 2;
    const columns = ['User', 'Image', 'CommandLine'];
    let next = 1;
    const somewhere = (limit: number): number => (next = Math.imul(next, 48_271) >>> 1) % Math.max(1, limit);
    const page = (view = this.#view) =>
      this.#call('view.rows', { view, from: somewhere(whole.total - 100), count: 100, columns });
    const time = (name: string, ask: Ask, runs = RUNS): Promise<void> => this.#time(name, ask, runs, () => page());
    const opened = (name: string, filter: Partial<ViewFilter>, field?: string, descending?: boolean): Promise<void> =>
      time(name, () => this.#open(filter, field, descending));
    await opened('view of all events', {});
    await opened('view, newest first', {}, 'time', true);
    await opened('filter in (Image)', { chips: [chip('Image', 'eq', IMAGE)] });
    await opened('filter out (Image)', { chips: [chip('Image', 'eq', IMAGE, true)] });
    await opened('three filters', {
      chips: [chip('EventID', 'eq', '1'), chip('User', 'contains', 'user1'), chip('Image', 'ends_with', 'cmd.exe')],
    });
    await opened('filter by command line', { chips: [chip('CommandLine', 'contains', 'id=17')] });
    await opened('search all values', { text: 'app17' });
    await opened('search, nothing found', { text: 'mimikatz' });
    await opened('a day', { range: { fromUs: middle, toUs: middle + 86_400e6 } });
    await opened('hits of all rules', { of: { kind: 'hits' } });
    const rule = (await this.#call('rules.list', {})).toSorted((a, b) => b.hits - a.hits)[0];
    if (rule) await opened(`hits of a rule (${rule.hits})`, { of: { kind: 'rule', rule: rule.rule } });
    for (const field of ['Computer', 'EventID', 'Image', 'CommandLine', 'UtcTime', 'RecordID', 'Severity']) {
      await opened(`sort by ${field}`, {}, field, true);
    }
    await this.#renew();
    await this.#time('page of rows', () => page());
    const { view: sorted } = await this.#open({}, 'Image');
    await this.#time('page of a sorted view', () => page(sorted));
    for (const [name, parts] of [
      ['all', 1],
      ['a day', 14],
      ['an hour', 14 * 24],
    ] as const) {
      const half = (span.toUs - span.fromUs) / parts / 2;
      const range = { fromUs: middle - half, toUs: middle + half };
      await time(`histogram, ${name}`, () =>
        this.#call('view.histogram', { view: this.#view, ...range, buckets: 300 }),
      );
    }
    for (const field of ['Channel', 'Image', 'CommandLine', 'TargetLogonId', 'UtcTime', 'RecordID']) {
      for (const rarestFirst of [false, true]) {
        const name = `${rarestFirst ? 'rarest' : 'stack'} ${field}`;
        await time(name, () => this.#call('view.values', { view: this.#view, field, limit: 200, rarestFirst }));
      }
    }
    await time('fields of the view', () => this.#call('view.fields', { view: this.#view }));
    const locate = (target: CallInput<'view.locate'>['target']) =>
      this.#call('view.locate', { view: this.#view, target });
    await time('find a time', () => locate({ timeUs: middle }));
    await time('find an event', () => locate({ event: somewhere(whole.total) }));
    await time('detail of an event', () => this.#call('event.get', { event: somewhere(whole.total) }));
    await time('summary', () => this.#call('case.summary', {}));
    await time('ledger', () => this.#call('sources.list', {}));
    await time('rules', () => this.#call('rules.list', {}));
    await time('counts of ten indicators', () => this.#call('case.count', { tests: INDICATORS }));
    await time('coverage', () => this.#call('coverage.case', { scope: 'windows' }), 3);
    await time('switch a rule off and on', async () => {
      for (const enabled of [false, true])
        await this.#call('rules.enable', { rules: rule ? [rule.rule] : [], enabled });
    });
    await time('draft', () => this.#call('draft.run', { text: DRAFT, version: next++ }));
    await this.#call('draft.clear', {});
    for (const format of ['csv', 'jsonl'] as const) {
      await time(`export as ${format}`, () => this.#call('view.export', { view: this.#view, format, columns }), 1);
    }
    await time('save the case', () => this.#call('case.save', { as: false }), 1);
  }

  /** Opens the view of all events that the others ask of. Views are few: it may have fallen out. */
  async #renew(): Promise<CallOutput<'view.open'>> {
    const opened = await this.#open({});
    this.#view = opened.view;
    return opened;
  }

  async #sql(): Promise<void> {
    const ask = (text: string) => this.#call('sql.run', { text, limit: 200 });
    await this.#time('SQL, the first question (builds the database)', () => ask('SELECT count(*) FROM events'), 1);
    for (const [name, text] of PEERS) await this.#time(`SQLite: ${name}`, () => ask(text), 3);
  }

  async #files(): Promise<void> {
    const path = join(this.folder, 'saved.rwcase');
    console.log(`  case file ${(statSync(path).size / 1e6).toFixed(0)} MB`);
    const [handle] = await this.workbench.grant([path]);
    if (!handle) throw new Error('nothing was granted');
    await this.#time('close', () => this.#call('case.close', {}), 1);
    await this.#memory();
    await this.#time('open the case', () => this.#job(this.#call('case.open', { handle: handle.handle })), 1);
  }

  async #memory(): Promise<void> {
    const summary = await this.#call('case.summary', {});
    const { rss, external, arrayBuffers, heapUsed } = process.memoryUsage();
    const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
    console.log(
      `  ${summary.events} events, ${(summary.capacity.used * 100).toFixed(0)}% of a case, ${summary.hitEvents} with hits;` +
        ` rss ${mb(rss)}, peak ${mb(this.#peak)}; main heap ${mb(heapUsed)}, external ${mb(external)}, buffers ${mb(arrayBuffers)}`,
    );
  }

  /** Makes a call some times and prints what it took; with `beside`, the longest wait of cheap calls made meanwhile. */
  async #time(name: string, ask: Ask, runs = RUNS, beside?: Ask): Promise<void> {
    const took: number[] = [];
    const cpu: number[] = [];
    let total = 0;
    for (let i = 0; i < runs && total < LONG_MS * 2; i++) {
      const cpuBefore = process.cpuUsage();
      const start = performance.now();
      await ask();
      took.push(performance.now() - start);
      const { user, system } = process.cpuUsage(cpuBefore);
      cpu.push((user + system) / 1000);
      total += took.at(-1) as number;
    }
    if (beside) await this.#renew();
    line(name, took, cpu, beside ? await waitsBeside(ask, beside) : []);
  }
}

/** How long each of the cheap calls takes that are made while a dear one is under way. */
async function waitsBeside(ask: Ask, beside: Ask): Promise<number[]> {
  const waits: number[] = [];
  let isDone = false;
  const asked = ask().finally(() => (isDone = true));
  while (!isDone) {
    const start = performance.now();
    await beside();
    waits.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, BESIDE_MS));
  }
  await asked;
  return waits;
}

function heading(): void {
  console.log(`  ${'what'.padEnd(46)}${['p50 ms', 'p95 ms', 'cpu ms', 'wait ms'].map((t) => t.padStart(9)).join('')}`);
}

function line(name: string, took: readonly number[], cpu: readonly number[], waits: readonly number[]): void {
  const figures = [part(took, 0.5), part(took, 0.95), part(cpu, 0.5), ...(waits.length > 0 ? [part(waits, 1)] : [])];
  console.log(`  ${name.padEnd(46)}${figures.map((ms) => ms.toFixed(ms < 10 ? 1 : 0).padStart(9)).join('')}`);
}

function part(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil((sorted.length - 1) * share)] as number;
}

const IMAGE = 'C:\\Windows\\System32\\svchost.exe';

function chip(field: string, op: FilterChip['op'], value: string, negated = false): FilterChip {
  return { field, op, value, negated, enabled: true };
}

const INDICATORS = Array.from({ length: 10 }, (_, i) => ({
  field: 'CommandLine',
  op: 'contains' as const,
  value: `id=${String(i)}7`,
}));

const DRAFT = `title: Draft
logsource: {category: process_creation, product: windows}
detection:
  selection:
    CommandLine|contains: 'id=17'
  condition: selection
`;

/** A rule that hits about one event in forty, and one that hits one in thousands. */
const OFTEN = `title: Often
id: 0f0f0f0f-0000-4000-8000-000000000001
status: test
level: low
logsource: {product: windows, category: network_connection}
detection:
  selection:
    Image|endswith: 'svchost.exe'
  condition: selection
`;
const RARELY = `title: Rarely
id: 0f0f0f0f-0000-4000-8000-000000000002
status: test
level: high
logsource: {product: windows, category: process_creation}
detection:
  selection:
    CommandLine|contains: 'id=171'
    Image|endswith: 'cmd.exe'
  condition: selection
`;

/** What SQLite is asked on the same case. */
const PEERS = [['filter in (Image)', `SELECT count(*) FROM sysmon_process_creation WHERE Image = '${IMAGE}'`]] as const;
