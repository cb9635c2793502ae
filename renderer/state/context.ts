import { createContext, useContext, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { UiState } from './ui-state.ts';
import type { Workspace } from './workspace.ts';

export const WorkspaceContext = createContext<Workspace | null>(null);

/** The workspace that the window was started with. */
export function useWorkspace(): Workspace {
  const workspace = useContext(WorkspaceContext);
  if (!workspace) throw new Error('No workspace around this component');
  return workspace;
}

/** A part of the state; the component renders again when it changes by identity. */
export function useUi<T>(select: (state: UiState) => T): T {
  return useStore(useWorkspace().store, select);
}

/** Renders again whenever rows arrive or the view changes; gives the count of such news. */
export function useRowNews(): number {
  const { views } = useWorkspace();
  return useSyncExternalStore(views.subscribe, views.version);
}
