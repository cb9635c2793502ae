import { useRef, type JSX, type ReactNode } from 'react';
import { Menu, Popover } from 'react-aria-components';

interface Props {
  /** Where in the window it opens, in pixels; null while it is closed. */
  readonly at: { readonly x: number; readonly y: number } | null;
  readonly onClose: () => void;
  /** Called once the menu is closed, with the id of the item. */
  readonly onAction: (id: string) => void;
  readonly children: ReactNode;
}

/** The menu of a value, at the place where it was asked for. */
export function PointMenu({ at, onClose, onAction, children }: Props): JSX.Element {
  const anchor = useRef<HTMLSpanElement | null>(null);
  return (
    <>
      <span ref={anchor} className="menu-anchor" style={{ left: at?.x ?? 0, top: at?.y ?? 0 }} aria-hidden />
      <Popover
        className="popover"
        aria-label="Menu of a value"
        triggerRef={anchor}
        placement="bottom start"
        offset={2}
        isOpen={at !== null}
        onOpenChange={(open) => {
          if (!open) onClose();
        }}
      >
        {at && (
          <Menu
            className="menu"
            aria-label="Value"
            autoFocus="first"
            onClose={onClose}
            onAction={(key) => {
              onClose();
              onAction(String(key));
            }}
          >
            {children}
          </Menu>
        )}
      </Popover>
    </>
  );
}
