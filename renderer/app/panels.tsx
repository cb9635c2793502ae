import { Fragment, type JSX, type ReactNode } from 'react';
import { Group, Panel, Separator, type Layout } from 'react-resizable-panels';
import { useWorkspace } from '../state/context.ts';
import { panelRef, togglePanel, type FoldingPanel } from '../ui/panels.ts';

interface SplitProps {
  readonly id: string;
  readonly orientation: 'horizontal' | 'vertical';
  readonly children: ReactNode;
}

/** A group of panels whose sizes are remembered. */
export function Split({ id, orientation, children }: SplitProps): JSX.Element {
  const { store } = useWorkspace();
  const layout = store.getState().layout[id];
  return (
    <Group
      id={id}
      orientation={orientation}
      {...(layout ? { defaultLayout: layout } : {})}
      onLayoutChanged={(next: Layout) => {
        // A group that is short of a panel now keeps the layout with it.
        store.setState((state) => {
          const known = Object.keys(state.layout[id] ?? {});
          if (known.some((panel) => !(panel in next))) return {};
          return { layout: { ...state.layout, [id]: next } };
        });
      }}
    >
      {children}
    </Group>
  );
}

interface FoldingProps {
  readonly name: FoldingPanel;
  readonly defaultSize: number | string;
  readonly minSize: number;
  readonly children: ReactNode;
}

/** A panel that can be folded away. */
export function Folding({ name, defaultSize, minSize, children }: FoldingProps): JSX.Element {
  return (
    <Panel
      id={name}
      panelRef={panelRef(name)}
      collapsible
      collapsedSize={0}
      defaultSize={defaultSize}
      minSize={minSize}
      groupResizeBehavior={typeof defaultSize === 'number' ? 'preserve-pixel-size' : 'preserve-relative-size'}
    >
      <Fragment>{children}</Fragment>
    </Panel>
  );
}

/** Between two panels: drag or arrow keys resize, a double click folds. */
export function Bar({ name }: { readonly name: FoldingPanel }): JSX.Element {
  return (
    <Separator
      className="split-bar"
      disableDoubleClick
      aria-label={`Resize ${name}`}
      onDoubleClick={() => {
        togglePanel(name);
      }}
    />
  );
}
