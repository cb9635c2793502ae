import { z } from 'zod';
import type { Api } from '../api/workbench.ts';
import type { CaseClient } from './case-client.ts';
import { isWorthKeeping, type DraftClient } from './draft.ts';
import type { Draft, UiStore } from './ui-state.ts';

/** The version is in the key; a value that does not fit is ignored. */
const KEY = 'drafts.1';
/** Time after the last change before the draft is kept. */
const KEEP_MS = 700;
const KEPT_LIMIT = 5;

const keptDraft = z.object({
  /** When its session began: each session keeps one. */
  session: z.number(),
  name: z.string(),
  text: z.string(),
  savedText: z.string(),
});
type KeptDraft = z.infer<typeof keptDraft>;

/**
 * Keeps the text in the editor with the main process while it is in no file, so that a crash or a restart loses
 * nothing, and offers at the start what the sessions before have left.
 */
export class KeptDrafts {
  readonly #session = Date.now();
  /** Newest first, the one of this session not among them. */
  #others: readonly KeptDraft[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isKept = false;

  constructor(
    private readonly api: Api,
    private readonly store: UiStore,
    private readonly caseClient: CaseClient,
    private readonly drafts: DraftClient,
  ) {}

  /** Reads what was kept, and keeps the draft from now on. `offer` asks what to do with what was kept. */
  async start(): Promise<void> {
    const all = await this.api.call('settings.get', {});
    const kept = z.array(keptDraft).safeParse(all.ok ? all.value[KEY] : undefined);
    this.#others = kept.success ? kept.data : [];
    this.store.subscribe(({ draft }, { draft: before }) => {
      if (draft.text === before.text && draft.savedText === before.savedText && draft.open === before.open) return;
      clearTimeout(this.#timer);
      // What is in a file is let go of at once: a crash must not bring it back.
      if (!isWorthKeeping(draft)) void this.#keep(draft);
      else this.#timer = setTimeout(() => void this.#keep(draft), KEEP_MS);
    });
  }

  /** Asks for each kept draft whether to take it back; a question that is left unanswered is asked the next time. */
  async offer(): Promise<void> {
    for (const kept of this.#others) {
      const choice = await this.caseClient.ask(
        'Take back a rule that was not saved?',
        `${kept.name} had changes in no file when the program ended.`,
        [
          { id: 'restore', label: 'Take back', primary: true },
          { id: 'discard', label: 'Discard' },
        ],
      );
      if (choice !== 'restore' && choice !== 'discard') return;
      this.#others = this.#others.filter((other) => other !== kept);
      if (choice === 'restore') {
        // Kept anew as this session's.
        this.drafts.restore(kept);
        return;
      }
      await this.#write([]);
    }
  }

  async #keep(draft: Draft): Promise<void> {
    const { name, text, savedText } = draft;
    if (isWorthKeeping(draft)) {
      this.#isKept = true;
      await this.#write([{ session: this.#session, name, text, savedText }]);
    } else if (this.#isKept) {
      this.#isKept = false;
      await this.#write([]);
    }
  }

  async #write(own: readonly KeptDraft[]): Promise<void> {
    await this.api.call('settings.set', { key: KEY, value: [...own, ...this.#others].slice(0, KEPT_LIMIT) });
  }
}
