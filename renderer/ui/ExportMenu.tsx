import { Download } from 'lucide-react';
import type { JSX } from 'react';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';

interface Props<F extends string> {
  /** What the menu is called, as to be read aloud. */
  readonly label: string;
  readonly formats: readonly { readonly id: F; readonly label: string }[];
  readonly onExport: (format: F) => void;
}

/** A button that offers forms to write something in. */
export function ExportMenu<F extends string>({ label, formats, onExport }: Props<F>): JSX.Element {
  return (
    <MenuTrigger>
      <Button className="button quiet">
        <Download size={14} aria-hidden /> Export
      </Button>
      <Popover className="popover" placement="bottom end">
        <Menu
          className="menu"
          aria-label={label}
          onAction={(format) => {
            onExport(format as F);
          }}
        >
          {formats.map(({ id, label: words }) => (
            <MenuItem key={id} id={id} className="menu-item">
              {words}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
