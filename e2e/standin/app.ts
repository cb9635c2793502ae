import { EventEmitter } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import type * as Electron from 'electron';
import { appDataFolder } from './launch-options.ts';
import { guardInstances } from './guard.ts';
import { routeRequests } from './requests.ts';
import { browser, options } from './runtime.ts';

type Surface = Pick<
  Electron.App,
  | 'whenReady'
  | 'isReady'
  | 'quit'
  | 'exit'
  | 'getPath'
  | 'getAppPath'
  | 'getVersion'
  | 'getName'
  | 'isPackaged'
  | 'requestSingleInstanceLock'
  | 'focus'
>;

class App extends EventEmitter implements Surface {
  readonly isPackaged = false;
  #isReady = false;
  #isQuitting = false;
  readonly #ready: Promise<void>;

  constructor() {
    super();
    this.#ready = this.#start();
    // A failed start must not end the process before whoever waits for it has seen why.
    this.#ready.catch(() => undefined);
  }

  async #start(): Promise<void> {
    const driven = new Promise<void>((resolve) => {
      Object.assign(globalThis, { __playwright_run: resolve });
    });
    const running = await browser();
    await routeRequests(running.context);
    running.onExit(() => {
      this.quit();
    });
    // The line that Playwright waits for; then it connects, and calls __playwright_run.
    process.stderr.write(`DevTools listening on ${running.endpoint}\n`);
    if (options.isDriven) await driven;
    this.#isReady = true;
    this.emit('ready');
  }

  whenReady(): Promise<void> {
    return this.#ready;
  }

  isReady(): boolean {
    return this.#isReady;
  }

  quit(): void {
    if (this.#isQuitting) return;
    this.emit('before-quit', { preventDefault: () => undefined });
    const prevented: true[] = [];
    this.emit('will-quit', { preventDefault: () => prevented.push(true) });
    // Whoever prevents it quits again when it is ready.
    if (prevented.length > 0) return;
    this.#isQuitting = true;
    void browser()
      .then((running) => running.close())
      .finally(() => {
        this.emit('quit', {}, 0);
        process.exit(0);
      });
  }

  exit(code = 0): void {
    this.#isQuitting = true;
    void browser()
      .then((running) => running.close())
      .finally(() => process.exit(code));
  }

  getPath(name: string): string {
    switch (name) {
      case 'userData':
        return options.userData;
      case 'appData':
        return appDataFolder();
      case 'temp':
        return os.tmpdir();
      case 'home':
        return os.homedir();
      case 'documents':
        return path.join(os.homedir(), 'Documents');
      default:
        throw new Error(`not in the stand-in: app.getPath('${name}')`);
    }
  }

  getAppPath(): string {
    return options.appFolder;
  }

  getVersion(): string {
    return options.version;
  }

  getName(): string {
    return options.name;
  }

  /** Always ours: a second stand-in fails at the browser's own lock on the profile instead. */
  requestSingleInstanceLock(): boolean {
    return true;
  }

  focus(): void {
    // A plain Chromium window is raised by the window manager only.
  }
}

guardInstances('app', App);

export const app = new App();
