import { useEffect } from 'react';
import { useWorkspace } from '../state/context.ts';
import type { UiState } from '../state/ui-state.ts';

/** Events from which on reading them again is not done in a moment. */
const MANY_EVENTS = 500_000;

/** Whether closing the window would lose what takes time to have again. Rules in the editor are kept anyway. */
export function losesWork({ summary }: Pick<UiState, 'summary'>): boolean {
  if (!summary?.unsaved) return false;
  return summary.name !== '' || summary.tagged > 0 || summary.events + summary.recovered >= MANY_EVENTS;
}

/** Asks before the window closes over a case with changes that are in no file. */
export function useCloseQuestion(): void {
  const workspace = useWorkspace();
  useEffect(() => {
    const { store } = workspace;
    let mayClose = false;
    const ask = async (): Promise<void> => {
      const name = store.getState().summary?.name ?? '';
      const choice = await workspace.case.ask(
        'Save this case before closing?',
        name === ''
          ? 'The events were read and are in no case file. The log files themselves are untouched.'
          : `${name} has changes that are not saved.`,
        [
          { id: 'discard', label: 'Close without saving' },
          { id: 'save', label: 'Save case', primary: true },
        ],
      );
      if (choice === null || (choice === 'save' && !(await workspace.case.save(false)))) return;
      mayClose = true;
      window.close();
    };
    const onBeforeUnload = (event: BeforeUnloadEvent): void => {
      if (mayClose || !losesWork(store.getState())) return;
      // Electron then stays open and says nothing: the question is ours.
      event.preventDefault();
      if (store.getState().question === null) void ask();
    };
    window.addEventListener('beforeunload', onBeforeUnload);
    return () => {
      window.removeEventListener('beforeunload', onBeforeUnload);
    };
  }, [workspace]);
}
