import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { chromium, type BrowserContext } from 'playwright-core';

export interface RunningBrowser {
  readonly context: BrowserContext;
  /** Address of the DevTools endpoint, for a second client (Playwright's). */
  readonly endpoint: string;
  /** Ends the browser; resolves when its process is gone. */
  close(): Promise<void>;
  onExit(listener: () => void): void;
}

export interface BrowserOptions {
  readonly executable: string;
  readonly profileFolder: string;
  readonly isHeadless: boolean;
  readonly size: { readonly width: number; readonly height: number };
}

/** Starts the system's Chromium with a profile of its own, and connects to it. */
export async function startBrowser(options: BrowserOptions): Promise<RunningBrowser> {
  mkdirSync(options.profileFolder, { recursive: true });
  const child = spawn(options.executable, chromiumArguments(options), { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
    child.once('error', () => {
      resolve();
    });
  });
  const endpoint = await devToolsEndpoint(child);
  if (!options.isHeadless) await firstPageIsThere(endpoint);
  const browser = await chromium.connectOverCDP(endpoint);
  const context = browser.contexts()[0];
  if (context === undefined) throw new Error('Chromium came without its default context');
  return {
    context,
    endpoint,
    close: async () => {
      await browser.newBrowserCDPSession().then(
        (session) => session.send('Browser.close').catch(() => undefined),
        () => child.kill(),
      );
      await exited;
    },
    onExit: (listener) => {
      void exited.then(listener);
    },
  };
}

function chromiumArguments({ isHeadless, profileFolder, size }: BrowserOptions): string[] {
  const isRoot = process.getuid?.() === 0;
  return [
    // Without a start window the first page is made by us: one that is still being made when we connect can stall
    // the connection. A person gets a window without tabs and address bar, which only a start window can be, and only
    // at an address that pages may have: `about:blank` comes as a tab.
    ...(isHeadless
      ? ['--headless=new', '--disable-gpu', '--hide-scrollbars', '--no-startup-window']
      : ['--app=data:text/html,<title>Rulewright</title>']),
    // Chromium's sandbox needs a user other than root, and namespaces that containers may lack. Its banner about that
    // is left out with `--test-type`: the program says it on the terminal.
    ...(isRoot || process.env['RULEWRIGHT_NO_SANDBOX'] === '1' ? ['--no-sandbox', '--test-type'] : []),
    `--window-size=${String(size.width)},${String(size.height)}`,
    '--remote-debugging-port=0',
    `--user-data-dir=${path.resolve(profileFolder)}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-extensions',
    '--disable-dev-shm-usage',
    '--disable-features=Translate,HttpsUpgrades,OptimizationHints',
    '--password-store=basic',
    '--use-mock-keychain',
    '--force-color-profile=srgb',
  ];
}

/** Waits until the start window has its page: connecting while it is being made can stall. */
async function firstPageIsThere(endpoint: string): Promise<void> {
  const list = new URL('/json/list', endpoint.replace(/^ws:/, 'http:'));
  for (;;) {
    const targets = (await (await fetch(list)).json()) as readonly { readonly type: string }[];
    if (targets.some((target) => target.type === 'page')) return;
    await wait(20);
  }
}

function devToolsEndpoint(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (printed.length < 20_000) printed += text;
      const endpoint = /DevTools listening on (ws:\S+)/.exec(printed)?.[1];
      if (endpoint !== undefined) resolve(endpoint);
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new Error(`Chromium ended with code ${String(code)}\n${printed}`));
    });
  });
}
