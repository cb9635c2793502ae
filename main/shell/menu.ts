import type { MenuItemConstructorOptions } from 'electron';

/** A command of the page, and the keys that the menu shows for it. */
interface Entry {
  readonly label: string;
  readonly command: string;
  readonly keys?: string;
}

/**
 * The menu. Its items are commands of the page, sent by id; the page owns what they do and listens to the keys
 * itself, so the menu only shows them (else one key press would run a command twice).
 */
export function menuTemplate(send: (command: string) => void, isMac: boolean): MenuItemConstructorOptions[] {
  const item = (entry: Entry): MenuItemConstructorOptions => ({
    label: entry.label,
    id: entry.command,
    click: () => {
      send(entry.command);
    },
    ...(entry.keys === undefined ? {} : { accelerator: entry.keys, registerAccelerator: false }),
  });
  const line: MenuItemConstructorOptions = { type: 'separator' };
  return [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        item({ label: 'Open logs…', command: 'logs.open', keys: 'CmdOrCtrl+O' }),
        item({ label: 'Open a folder of logs…', command: 'logs.openFolder', keys: 'CmdOrCtrl+Shift+O' }),
        item({ label: 'Open logs with options…', command: 'logs.openWith' }),
        item({ label: 'Open the sample incident', command: 'sample.open' }),
        line,
        item({ label: 'Open case…', command: 'case.open' }),
        item({ label: 'Save case', command: 'case.save', keys: 'CmdOrCtrl+Shift+S' }),
        item({ label: 'Save case as…', command: 'case.saveAs' }),
        item({ label: 'Close case', command: 'case.close' }),
        line,
        item({ label: 'Export view as CSV…', command: 'view.exportCsv' }),
        item({ label: 'Export view as JSON lines…', command: 'view.exportJsonl' }),
        line,
        isMac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&Rules',
      submenu: [
        item({ label: 'New rule', command: 'rules.new', keys: 'CmdOrCtrl+N' }),
        item({ label: 'Save rule…', command: 'rules.save', keys: 'CmdOrCtrl+S' }),
        line,
        item({ label: 'Open rule files…', command: 'rules.openFiles' }),
        item({ label: 'Open a rule folder…', command: 'rules.open' }),
        item({ label: 'Load starter rules', command: 'rules.loadStarter' }),
      ],
    },
    {
      label: '&View',
      submenu: [
        item({ label: 'Commands…', command: 'palette.open', keys: 'CmdOrCtrl+K' }),
        item({ label: 'Keyboard shortcuts', command: 'help.shortcuts' }),
        line,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        line,
        { role: 'toggleDevTools' },
      ],
    },
    { role: 'windowMenu' },
  ];
}
