import type { PanelImperativeHandle } from 'react-resizable-panels';

/** The panels that can be folded away, and their handles while they are mounted. */
export type FoldingPanel = 'side' | 'detail' | 'histogram' | 'techniques';

const handles = new Map<FoldingPanel, PanelImperativeHandle>();

/** For a panel's `panelRef`. */
export function panelRef(name: FoldingPanel): (handle: PanelImperativeHandle | null) => void {
  return (handle) => {
    if (handle) handles.set(name, handle);
    else handles.delete(name);
  };
}

/** Folds a panel, or unfolds it to the size it had. */
export function togglePanel(name: FoldingPanel): void {
  const handle = handles.get(name);
  if (!handle) return;
  if (handle.isCollapsed()) handle.expand();
  else handle.collapse();
}

/** Unfolds a panel where it is folded. */
export function unfoldPanel(name: FoldingPanel): void {
  const handle = handles.get(name);
  if (handle?.isCollapsed()) handle.expand();
}

/** Gives a panel a width or height in pixels; one that is folded stays so. */
export function resizePanel(name: FoldingPanel, pixels: number): void {
  const handle = handles.get(name);
  if (handle && !handle.isCollapsed()) handle.resize(pixels);
}
