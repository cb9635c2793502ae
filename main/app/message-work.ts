import { open } from 'node:fs/promises';
import type { CallOutput, Handlers } from '../../shared/ipc/contract.ts';
import type { MessagePackLine } from '../../shared/ipc/message-calls.ts';
import { fail, ok, type Fault, type Result } from '../../shared/model/fault.ts';
import type { SourceRoot } from '../ingest/source.ts';
import { looksLikeMessages, type ImportReport } from '../messages/import-messages.ts';
import { PackFolder, type Pack } from '../messages/pack-folder.ts';
import type { CatalogCallMap, EngineCallMap } from '../worker/protocol.ts';
import type { ThreadClient } from '../worker/thread-client.ts';
import type { JobHandle, JobOutcome, Jobs } from './jobs.ts';

const LANE = 'messages';
/** Bytes of a file's beginning that tell whether it holds message data. */
const HEAD = 64 << 10;
/** Faults of the last import that are shown. */
const SHOWN_FAULTS = 100;

type ShownFault = CallOutput<'messages.list'>['faults'][number];
type MessageHandlers = Pick<Handlers, Extract<keyof Handlers, `messages.${string}`> | 'event.message'>;

/** Imports message data, keeps and lists it, and gives the messages of events. */
export class MessageWork {
  readonly #packs: PackFolder | undefined;
  #last: ImportReport | undefined;

  /** @param folder where it is kept; undefined where the program has no data folder. */
  constructor(
    private readonly engine: ThreadClient<EngineCallMap>,
    private readonly reader: ThreadClient<CatalogCallMap>,
    private readonly jobs: Jobs,
    folder: string | undefined,
  ) {
    this.#packs = folder === undefined ? undefined : new PackFolder(folder);
  }

  handlers(resolve: (handles: readonly string[]) => Result<readonly SourceRoot[]>): MessageHandlers {
    return {
      'messages.list': () => Promise.resolve(ok(this.#list())),
      'messages.import': ({ handles }) => {
        const roots = resolve(handles);
        if (!roots.ok) return Promise.resolve(roots);
        return Promise.resolve(
          ok({ job: this.jobs.start('messages', LANE, (handle) => this.#import(roots.value, handle)) }),
        );
      },
      'messages.remove': ({ id }) => {
        if (this.#packs?.remove(id) === true) return Promise.resolve(ok({}));
        return Promise.resolve(fail({ code: 'not-found', message: 'This message data is no longer there' }));
      },
      'messages.among': async ({ handles }) => {
        const held = await Promise.all(
          handles.map(async (handle) => (await holdsMessages(resolve([handle]))) && handle),
        );
        return ok({ handles: held.filter((handle) => handle !== false) });
      },
      'event.message': ({ event }) => {
        if (!this.#packs) return Promise.resolve(ok({ message: null }));
        return this.engine.call('eventMessage', { event, folder: this.#packs.folder });
      },
    };
  }

  async #import(roots: readonly SourceRoot[], { signal, update }: JobHandle): Promise<JobOutcome> {
    if (!this.#packs) return fail({ code: 'storage-failed', message: 'There is no data folder to keep it in' });
    const imported = await this.reader.call(
      'importMessages',
      { roots, folder: this.#packs.folder, provider: undefined },
      {
        signal,
        onItem: (progress) => {
          update(progress);
        },
      },
    );
    if (!imported.ok) return imported;
    this.#last = imported.value;
    return ok({});
  }

  #list(): CallOutput<'messages.list'> {
    const { packs, faults } = this.#packs?.list() ?? { packs: [], faults: [] };
    const last = this.#last;
    return {
      packs: packs.map(packLine),
      faults: faults.map(plain),
      last: last ? { name: last.name, others: last.others, faults: faultsOf(last) } : null,
    };
  }
}

/** One import in figures. */
export function packLine({ id, bytes, header }: Pack): MessagePackLine {
  const { name, importedAt, files, blocks } = header;
  const providers = new Set(blocks.filter(({ kind }) => kind !== 'table').map((block) => block.guid || block.name));
  const texts = blocks.filter(({ kind }) => kind !== 'manifest');
  return {
    id,
    name,
    importedAt,
    bytes,
    files,
    providers: providers.size,
    messages: texts.reduce((sum, block) => sum + block.count, 0),
    languages: [...new Set(texts.map(({ language }) => language).filter((language) => language !== ''))].sort(),
  };
}

function faultsOf({ files }: ImportReport): ShownFault[] {
  return files
    .flatMap(({ name, faults }) => faults.slice(0, 1).map((fault) => ({ ...plain(fault), file: name })))
    .slice(0, SHOWN_FAULTS);
}

/** Without a place in a rule, which these have not. */
function plain({ span: _, ...fault }: Fault): ShownFault {
  return fault;
}

async function holdsMessages(roots: Result<readonly SourceRoot[]>): Promise<boolean> {
  const path = roots.ok ? roots.value[0]?.path : undefined;
  if (path === undefined) return false;
  if (/\.mta$/i.test(path)) return true;
  try {
    const file = await open(path, 'r');
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
      return looksLikeMessages(buffer.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  } catch {
    // A folder, or what cannot be read: whoever opens it says so.
    return false;
  }
}
