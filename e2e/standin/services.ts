import { EventEmitter } from 'node:events';
import type * as Electron from 'electron';
import { guardInstances } from './guard.ts';
import { browser, invocations, rules, schemes } from './runtime.ts';
import { BrowserWindow } from './windows.ts';

export const ipcMain = {
  handle: (channel, listener) => {
    if (invocations.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    invocations.set(channel, listener);
  },
  removeHandler: (channel) => {
    invocations.delete(channel);
  },
} satisfies Pick<Electron.IpcMain, 'handle' | 'removeHandler'>;

export const protocol = {
  registerSchemesAsPrivileged: () => undefined,
  handle: (scheme, handler) => {
    schemes.set(scheme, handler);
  },
} satisfies Pick<Electron.Protocol, 'registerSchemesAsPrivileged' | 'handle'>;

/** Whether an address fits a filter such as `https://x/*`. Only the scheme is looked at: that is all we filter by. */
function fits(url: string, filter: Electron.WebRequestFilter): boolean {
  return filter.urls.some((pattern) => url.startsWith(pattern.slice(0, pattern.indexOf('*'))));
}

export const session = {
  defaultSession: {
    /** Kept for nothing: a plain Chromium decides on permissions itself (see README.md here). */
    setPermissionRequestHandler: () => undefined,
    setPermissionCheckHandler: () => undefined,
    webRequest: {
      onBeforeRequest: (
        filter: Electron.WebRequestFilter,
        listener: (details: { url: string }, decide: (response: Electron.CallbackResponse) => void) => void,
      ) => {
        rules.cancelsRequest = (url) =>
          new Promise((resolve) => {
            if (!fits(url, filter)) resolve(false);
            else {
              listener({ url }, (response) => {
                resolve(response.cancel === true);
              });
            }
          });
      },
    },
  },
};

class Theme extends EventEmitter implements Pick<Electron.NativeTheme, 'shouldUseDarkColors' | 'themeSource'> {
  #source: 'system' | 'light' | 'dark' = 'system';

  get shouldUseDarkColors(): boolean {
    return this.#source === 'dark';
  }

  get themeSource(): 'system' | 'light' | 'dark' {
    return this.#source;
  }

  /** Also what the pages see as `prefers-color-scheme`, as in Electron. */
  set themeSource(source: 'system' | 'light' | 'dark') {
    this.#source = source;
    const colorScheme = source === 'system' ? null : source;
    for (const window of BrowserWindow.getAllWindows()) void window.webContents.page?.emulateMedia({ colorScheme });
    this.emit('updated');
  }
}

guardInstances('nativeTheme', Theme);

export const nativeTheme = new Theme();

export const screen = {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } } as Electron.Display],
} satisfies Pick<Electron.Screen, 'getAllDisplays'>;

export const shell = {
  openExternal: (url) => Promise.reject(new Error(`the stand-in opens nothing outside: ${url}`)),
} satisfies Pick<Electron.Shell, 'openExternal'>;

/** Ends the browser with this process, however it ends. */
process.once('SIGTERM', () => {
  void browser().then((running) => running.close().then(() => process.exit(143)));
});
