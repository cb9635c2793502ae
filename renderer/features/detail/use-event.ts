import { useEffect, useState } from 'react';
import type { EventDetail } from '../../../shared/ipc/contract.ts';
import { useUi, useWorkspace } from '../../state/context.ts';
import type { ShownFault } from '../../state/ui-state.ts';

export interface SelectedEvent {
  readonly event: EventDetail | null;
  readonly fault: ShownFault | null;
}

/** The selected event in full. The one before stays until the new one is there, so that nothing flickers. */
export function useSelectedEvent(): SelectedEvent {
  const { api } = useWorkspace();
  const selected = useUi((state) => state.selected);
  const revision = useUi((state) => state.summary?.revision);
  const draft = useUi((state) => state.draft.result);
  const tagging = useUi((state) => state.tagging);
  const [shown, setShown] = useState<SelectedEvent>({ event: null, fault: null });

  useEffect(() => {
    if (selected === null) {
      setShown({ event: null, fault: null });
      return;
    }
    let dropped = false;
    void api.call('event.get', { event: selected }).then((result) => {
      if (dropped) return;
      setShown(result.ok ? { event: result.value, fault: null } : { event: null, fault: result.fault });
    });
    return () => {
      dropped = true;
    };
  }, [api, selected, revision, draft, tagging]);
  return shown;
}
