import { app as rawApp } from './app.ts';
import { dialog as rawDialog } from './dialogs.ts';
import { guard } from './guard.ts';
import { Menu as RawMenu } from './menu.ts';
import * as services from './services.ts';
import { BrowserWindow as RawBrowserWindow, WebContents } from './windows.ts';

/**
 * The module that `electron` means in a stand-in run. Exactly what the shell uses of Electron, and what Playwright
 * needs to drive it. A name that is missing here fails at import; a property that is missing fails by its name.
 */
export const app = rawApp;
export const BrowserWindow = guard('BrowserWindow', RawBrowserWindow);
export const dialog = guard('dialog', rawDialog);
export const ipcMain = guard('ipcMain', services.ipcMain);
export const Menu = guard('Menu', RawMenu);
export const nativeTheme = services.nativeTheme;
export const protocol = guard('protocol', services.protocol);
export const screen = guard('screen', services.screen);
export const session = guard('session', {
  defaultSession: guard('session.defaultSession', services.session.defaultSession),
});
export const shell = guard('shell', services.shell);
export const webContents = guard('webContents', WebContents);
