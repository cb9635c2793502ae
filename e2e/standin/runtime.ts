import path from 'node:path';
import type * as Electron from 'electron';
import type { Frame } from 'playwright-core';
import { startBrowser, type RunningBrowser } from './browser.ts';
import { readLaunchOptions } from './launch-options.ts';

/**
 * What the parts of the stand-in share. It stands in for a module that is one set of globals, so it is one too.
 */
export const options = readLaunchOptions();

/** Handlers by scheme, from `protocol.handle`. */
export const schemes = new Map<string, (request: Request) => Response | Promise<Response>>();

/** Handlers by channel, from `ipcMain.handle`. */
export const invocations = new Map<string, (event: Electron.IpcMainInvokeEvent, ...args: unknown[]) => unknown>();

/** What decides on requests; set by the parts that stand for `session` and `BrowserWindow`. */
export const rules: {
  /** Whether `session.webRequest.onBeforeRequest` cancels a request. */
  cancelsRequest: (url: string) => Promise<boolean>;
  /** Whether a `will-navigate` listener of the frame's window refuses an address. */
  refusesNavigation: (frame: Frame, address: string) => boolean;
} = { cancelsRequest: () => Promise.resolve(false), refusesNavigation: () => false };

const WINDOW_SIZE = { width: 1440, height: 900 };

let running: Promise<RunningBrowser> | undefined;

/** The browser, started at the first call. */
export function browser(): Promise<RunningBrowser> {
  running ??= startBrowser({
    executable: options.browserExecutable,
    profileFolder: path.join(options.userData, 'standin-browser'),
    isHeadless: options.isHeadless,
    size: WINDOW_SIZE,
  });
  return running;
}
