import type { Grant } from '../../shared/ipc/contract.ts';
import type { Api } from '../api/workbench.ts';
import { useUi } from './context.ts';
import type { Notices } from './notices.ts';
import type { UiState, UiStore } from './ui-state.ts';

/** Imports message data, the texts of events, and removes it. */
export class MessagesClient {
  readonly #api: Api;
  readonly #store: UiStore;
  readonly #notices: Notices;

  constructor(api: Api, store: UiStore, notices: Notices) {
    this.#api = api;
    this.#store = store;
    this.#notices = notices;
  }

  /** Asks for files, or a folder, and imports them. */
  async choose(folder: boolean): Promise<void> {
    const grants = await this.#api.call('dialog.messages', { folder });
    if (!grants.ok) this.#notices.fault('The dialog could not be shown', grants.fault);
    else if (grants.value.length > 0) await this.#import(grants.value);
  }

  /** Imports what holds message data among files that were opened as logs, and gives the others. */
  async takeFrom(grants: readonly Grant[]): Promise<readonly Grant[]> {
    const files = grants.filter((grant) => !grant.isFolder);
    if (files.length === 0) return grants;
    const among = await this.#api.call('messages.among', { handles: files.map(({ handle }) => handle) });
    if (!among.ok) return grants;
    const taken = new Set(among.value.handles);
    const own = files.filter(({ handle }) => taken.has(handle));
    if (own.length === 0) return grants;
    await this.#import(own);
    return grants.filter(({ handle }) => !taken.has(handle));
  }

  async remove(id: string): Promise<void> {
    const removed = await this.#api.call('messages.remove', { id });
    if (!removed.ok) this.#notices.fault('The message data was not removed', removed.fault);
    this.#store.setState((state) => ({ messageRemovals: state.messageRemovals + 1 }));
  }

  async #import(grants: readonly Grant[]): Promise<void> {
    const started = await this.#api.call('messages.import', { handles: grants.map(({ handle }) => handle) });
    if (!started.ok) this.#notices.fault('The message data could not be imported', started.fault);
    else this.#store.setState({ activity: 'sources' });
  }
}

/** Changes with each import that ends and each removal: what is known of messages is asked again by it. */
export function useMessageStamp(): string {
  return useUi(stampOf);
}

function stampOf({ jobs, messageRemovals }: UiState): string {
  const last = jobs.findLast((job) => job.kind === 'messages' && job.state !== 'running');
  return `${last?.job ?? ''} ${messageRemovals}`;
}
