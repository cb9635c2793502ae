import { BrowserWindow, nativeTheme, screen } from 'electron';
import { readWindowBounds, writeWindowBounds, type WindowBounds } from './window-bounds.ts';

export interface WindowOptions {
  readonly preload: string;
  readonly userDataFolder: string;
}

/** Page background before its first paint; the same greys as the page's themes. */
const BACKGROUND = { dark: '#16181b', light: '#ffffff' } as const;

/** Makes the program's window, hidden until its page has painted. Its page is sandboxed and has no Node. */
export function createWindow(options: WindowOptions): BrowserWindow {
  const remembered = readWindowBounds(options.userDataFolder);
  const place = remembered !== undefined && isOnAScreen(remembered) ? remembered : { width: 1440, height: 900 };
  const window = new BrowserWindow({
    ...place,
    minWidth: 900,
    minHeight: 600,
    show: false,
    title: 'Rulewright',
    backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
    webPreferences: {
      preload: options.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      webSecurity: true,
      spellcheck: false,
    },
  });
  if (remembered?.maximized) window.maximize();
  window.once('ready-to-show', () => {
    window.show();
  });
  window.on('close', () => {
    writeWindowBounds(options.userDataFolder, { ...window.getNormalBounds(), maximized: window.isMaximized() });
  });
  return window;
}

/** Whether enough of the window would be on a screen that is there now. */
function isOnAScreen(bounds: WindowBounds): boolean {
  return screen.getAllDisplays().some(({ workArea }) => {
    const width = Math.min(bounds.x + bounds.width, workArea.x + workArea.width) - Math.max(bounds.x, workArea.x);
    const height = Math.min(bounds.y + bounds.height, workArea.y + workArea.height) - Math.max(bounds.y, workArea.y);
    return width >= 100 && height >= 100;
  });
}
