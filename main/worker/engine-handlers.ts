import type { MessagePort } from 'node:worker_threads';
import { fail, ok, type Fault, type Result } from '../../shared/model/fault.ts';
import type { EngineApi, EngineCallName, RuleFile } from '../engine/api.ts';
import { RuleReader } from '../engine/rules/rule-reader.ts';
import { matchingMaker } from '../match/matching.ts';
import { MessageBooks } from '../messages/message-books.ts';
import { RuleChecker } from '../scan/rule-check.ts';
import { EventLines } from '../scan/event-lines.ts';
import type { ScanHit } from '../scan/api.ts';
import { Scanner } from '../scan/scanner.ts';
import { receiveUnits } from './ingest/batch-receiver.ts';
import type { EngineCallMap } from './protocol.ts';
import type { CallContext, ThreadHandlers } from './serve.ts';

type EngineHandlers = ThreadHandlers<EngineCallMap>;

const WINDOW_CALLS = [
  'draft.run',
  'draft.clear',
  'draft.near',
  'view.open',
  'view.rows',
  'view.locate',
  'view.nextHit',
  'view.histogram',
  'view.values',
  'view.fields',
  'event.get',
  'event.tag',
  'case.count',
  'case.kinds',
  'sql.schema',
  'rules.list',
  'rules.text',
  'rules.enable',
  'rules.unload',
] as const satisfies readonly EngineCallName[];

/** Every call that the engine answers by itself, passed on. A name missing in the list does not compile. */
function windowHandlers(engine: () => Promise<EngineApi>): Pick<EngineHandlers, EngineCallName> {
  const pass = <N extends EngineCallName>(name: N) => {
    const handler = async (input: Parameters<EngineApi[N]>[0]) => (await engine())[name](input as never);
    return [name, handler] as const;
  };
  type Listed = (typeof WINDOW_CALLS)[number];
  const handlers: Pick<EngineHandlers, Listed> = Object.fromEntries(WINDOW_CALLS.map(pass)) as never;
  return handlers;
}

/**
 * What the engine's thread answers.
 * @param engine gives the case, made at the first use: `scan` and `dump` need none.
 * @param contentFolder holds the mappings.
 * @param cacheFolder where read rules are kept between runs; undefined to keep none.
 */
export function engineHandlers(
  engine: () => Promise<EngineApi>,
  contentFolder: string,
  cacheFolder: string | undefined,
): EngineHandlers {
  const createMatching = matchingMaker();
  const loading = async (files: readonly RuleFile[], usesCache: boolean) => {
    const reader = new RuleReader(contentFolder, usesCache ? cacheFolder : undefined);
    const ruleFiles = reader.take(files);
    const { read: readRules, keep } = await reader.reading(ruleFiles.length);
    return { rules: { files: ruleFiles, readRules, createMatching, contentFolder }, keep };
  };
  const books = new MessageBooks(contentFolder);
  return {
    ...windowHandlers(engine),
    ...caseHandlers(engine),
    'draft.run': async (input, { send }) => (await engine())['draft.run'](input, (partial) => void send(partial)),
    eventMessage: async ({ event, folder }) => {
      const found = (await engine()).eventValues(event);
      if (!found.ok) return found;
      const message = books.of(folder)?.(found.value.head, found.value.values);
      if (!message) return ok({ message: null });
      const parts = message.parts.map(({ text, value }) => ({
        text,
        field: value?.field ?? null,
        value: value?.value ?? null,
      }));
      return ok({ message: { ...message, parts } });
    },
    scan: async ({ port, files, usesCache }, { send, signal }) => {
      const onHits = (hits: readonly ScanHit[]) => send({ kind: 'hits', hits });
      const { rules, keep } = await loading(files, usesCache);
      const scanner = await Scanner.create({ ...rules, onHits }, signal);
      if (!scanner) return cancelled(port);
      const keeping = keep();
      await send({ kind: 'rules', rules: scanner.rules });
      const received = await receiveUnits(port, scanner);
      const notes = await scanner.finish();
      return ok({ received, hits: scanner.hits, notes, kinds: scanner.kinds, ...notKept(await keeping) });
    },
    checkRules: async ({ port, files, usesCache }) => {
      const { rules, keep } = await loading(files, usesCache);
      const checker = new RuleChecker(rules);
      const received = port ? await receiveUnits(port, checker) : undefined;
      const check = checker.check();
      return ok({ received, check, ...notKept(await keep()) });
    },
    dump: async ({ port, messages }, { send }) => {
      const messageOf = messages === undefined ? undefined : (books.of(messages) ?? (() => undefined));
      return ok(await receiveUnits(port, new EventLines(send, messageOf)));
    },
  };
}

function notKept(kept: Result<unknown>): { notKept?: Fault } {
  return kept.ok ? {} : { notKept: kept.fault };
}

/** Ends a call before it took anything from its port. */
function cancelled(port: MessagePort): Result<never> {
  port.close();
  return fail({ code: 'cancelled', message: 'Cancelled' });
}

function caseHandlers(
  engine: () => Promise<EngineApi>,
): Omit<EngineHandlers, EngineCallName | 'scan' | 'checkRules' | 'dump' | 'eventMessage'> {
  return {
    ingest: async ({ port }) => {
      const api = await engine();
      const received = await receiveUnits(port, api);
      api.correlate();
      return ok(received);
    },
    sources: async () => ok((await engine()).sources()),
    summary: async () => ok((await engine()).summary()),
    places: async ({ sources }) => ok((await engine()).places(sources)),
    dropSources: async ({ sources }, { send }) => (await engine()).dropSources(sources, progressTo(send)),
    placedTags: async () => ok((await engine()).placedTags()),
    keepTags: async ({ tags }) => {
      (await engine()).keepTags(tags);
      return ok(null);
    },
    saveCase: async ({ path }) => (await engine()).saveCase(path),
    openCase: async ({ path }, { signal, send }) => (await engine()).openCase(path, signal, progressTo(send)),
    closeCase: async () => {
      (await engine()).closeCase();
      return ok(null);
    },
    sqlImage: async ({ known }, { signal }) => (await engine()).sqlImage(known, signal),
    loadRules: async ({ files }, { signal, send }) => (await engine()).loadRules(files, signal, progressTo(send)),
    exportView: async ({ path, ...input }, { signal, send }) =>
      (await engine()).exportView(input, path, signal, progressTo(send)),
  };
}

function progressTo(send: CallContext<{ done: number; total: number }>['send']) {
  return (done: number, total: number) => void send({ done, total });
}
