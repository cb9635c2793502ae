import type { Notice, ShownFault, UiStore } from './ui-state.ts';

/** Adds notices and puts them away. Those put away stay in the list, so that no fault is ever lost. */
export class Notices {
  readonly #store: UiStore;
  #nextId = 1;

  constructor(store: UiStore) {
    this.#store = store;
  }

  add(notice: Pick<Notice, 'tone' | 'text' | 'fault' | 'action'>): void {
    const entry: Notice = { ...notice, id: this.#nextId++, dismissed: false, at: Date.now() };
    this.#store.setState((state) => ({ notices: [...state.notices, entry] }));
  }

  /** Says what was tried and why it failed. A cancel by the user is no news. */
  fault(tried: string, fault: ShownFault, action?: Notice['action']): void {
    if (fault.code === 'cancelled') return;
    this.add({ tone: 'error', text: `${tried}: ${fault.message}`, fault, ...(action ? { action } : {}) });
  }

  dismiss(id: number): void {
    this.#store.setState((state) => ({
      notices: state.notices.map((n) => (n.id === id ? { ...n, dismissed: true } : n)),
    }));
  }

  dismissAll(): void {
    this.#store.setState((state) => ({ notices: state.notices.map((n) => ({ ...n, dismissed: true })) }));
  }
}
