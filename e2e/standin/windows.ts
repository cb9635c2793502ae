import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type * as Electron from 'electron';
import type { CDPSession, Frame, Page } from 'playwright-core';
import { toBrowser, toProgram } from './address.ts';
import { app } from './app.ts';
import { withFilePaths } from './file-paths.ts';
import { guardInstances } from './guard.ts';
import { pageScript } from './page-side.ts';
import { browser, invocations, rules } from './runtime.ts';

const windows = new Set<BrowserWindow>();
const byTarget = new Map<string, WebContents>();

/** An event that a listener can refuse. */
class NavigationEvent {
  defaultPrevented = false;
  readonly url: string;
  readonly isMainFrame = true;

  constructor(url: string) {
    this.url = url;
  }

  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

type OpenHandler = (details: Electron.HandlerDetails) => Electron.WindowOpenHandlerResponse;

/** What the program sees of a frame: enough to check who sent a message. */
interface SenderFrame {
  readonly url: string;
  readonly origin: string;
  readonly parent: null;
}

export class WebContents extends EventEmitter {
  readonly #window: BrowserWindow;
  #page: Page | undefined;
  #expected = '';
  #openHandler: OpenHandler = () => ({ action: 'allow' });
  readonly mainFrame: SenderFrame;

  constructor(window: BrowserWindow) {
    super();
    this.#window = window;
    const url = (): string => this.getURL();
    this.mainFrame = {
      get url() {
        return url();
      },
      get origin() {
        const { protocol, host } = new URL(url());
        return `${protocol}//${host}`;
      },
      parent: null,
    };
  }

  /** Takes over a page and gives it the preload script. */
  async attach(page: Page, preload: string): Promise<void> {
    this.#page = page;
    const session = await page.context().newCDPSession(page);
    byTarget.set((await session.send('Target.getTargetInfo')).targetInfo.targetId, this);
    page.on('popup', (popup) => {
      const { action } = this.#openHandler({ url: toProgram(popup.url()) } as Electron.HandlerDetails);
      if (action === 'deny') void popup.close();
    });
    page.on('dialog', () => undefined); // The user answers it (a listener keeps Playwright from doing so).
    page.on('crash', () => this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 }));
    page.on('domcontentloaded', () => this.emit('dom-ready'));
    await page.exposeBinding('__standinInvoke', (source, channel: string, args: unknown[]) =>
      this.#invoke(source.frame, session, channel, args),
    );
    await page.addInitScript({ content: pageScript(readFileSync(preload, 'utf8')) });
  }

  async #invoke(frame: Frame, session: CDPSession, channel: string, args: readonly unknown[]): Promise<unknown> {
    const handler = invocations.get(channel);
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
    const isMain = frame.parentFrame() === null;
    const senderFrame = isMain
      ? this.mainFrame
      : { url: toProgram(frame.url()), origin: 'null', parent: this.mainFrame };
    const event = { sender: this.#window.webContents, senderFrame } as unknown as Electron.IpcMainInvokeEvent;
    return handler(event, ...(await withFilePaths(session, args)));
  }

  async navigate(address: string): Promise<void> {
    this.#expected = address;
    await this.#page?.goto(toBrowser(address));
  }

  refusesNavigation(address: string): boolean {
    if (address === this.#expected) {
      this.#expected = '';
      return false;
    }
    const event = new NavigationEvent(address);
    this.emit('will-navigate', event);
    return event.defaultPrevented;
  }

  get page(): Page | undefined {
    return this.#page;
  }

  getURL(): string {
    return toProgram(this.#page?.url() ?? 'about:blank');
  }

  send(channel: string, ...args: unknown[]): void {
    // A page that is closing or loading misses messages here as it does in Electron.
    this.#page
      ?.evaluate(
        ([name, values]) => {
          (globalThis as unknown as { __standinEmit(name: string, values: unknown): void }).__standinEmit(name, values);
        },
        [channel, args] as const,
      )
      .catch(() => undefined);
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }

  isDestroyed(): boolean {
    return !windows.has(this.#window);
  }

  close(): void {
    this.#window.close();
  }

  /** Where Playwright looks a window up by its page. */
  static fromDevToolsTargetId(id: string): WebContents | undefined {
    return byTarget.get(id);
  }
}

type Bounds = Electron.Rectangle;

type Surface = Pick<
  Electron.BrowserWindow,
  | 'loadURL'
  | 'show'
  | 'focus'
  | 'close'
  | 'maximize'
  | 'isMaximized'
  | 'restore'
  | 'isMinimized'
  | 'isDestroyed'
  | 'getBounds'
  | 'getNormalBounds'
  | 'setBounds'
>;

export class BrowserWindow extends EventEmitter implements Surface {
  readonly webContents: WebContents;
  readonly #preload: string;
  #bounds: Bounds;
  #isMaximized = false;

  constructor(given: Electron.BrowserWindowConstructorOptions) {
    super();
    const preferences = given.webPreferences ?? {};
    refuseInsecure(preferences);
    this.#preload = preferences.preload ?? '';
    this.#bounds = { x: given.x ?? 0, y: given.y ?? 0, width: given.width ?? 800, height: given.height ?? 600 };
    this.webContents = new WebContents(this);
    windows.add(this);
    app.emit('web-contents-created', {}, this.webContents);
  }

  async loadURL(address: string): Promise<void> {
    if (this.webContents.page === undefined) await this.#open();
    await this.webContents.navigate(address);
    this.emit('ready-to-show');
  }

  async #open(): Promise<void> {
    const { context } = await browser();
    // The browser comes with one window without tabs; more are rare.
    const taken = new Set([...windows].map((window) => window.webContents.page));
    const page = context.pages().find((candidate) => !taken.has(candidate)) ?? (await context.newPage());
    page.once('close', () => {
      this.#gone();
    });
    await this.webContents.attach(page, this.#preload);
    await this.#applyBounds();
  }

  #gone(): void {
    if (!windows.delete(this)) return;
    this.emit('close', {});
    this.emit('closed');
    if (windows.size === 0) app.emit('window-all-closed');
  }

  async #applyBounds(): Promise<void> {
    const page = this.webContents.page;
    if (page === undefined) return;
    const session = await page.context().newCDPSession(page);
    const { windowId } = await session.send('Browser.getWindowForTarget');
    const { x, y, width, height } = this.#bounds;
    await session.send('Browser.setWindowBounds', { windowId, bounds: { left: x, top: y, width, height } });
    await session.detach();
  }

  setBounds(bounds: Partial<Bounds>): void {
    this.#bounds = { ...this.#bounds, ...bounds };
    void this.#applyBounds();
  }

  getBounds(): Bounds {
    return { ...this.#bounds };
  }

  getNormalBounds(): Bounds {
    return { ...this.#bounds };
  }

  close(): void {
    void this.webContents.page?.close();
  }

  maximize(): void {
    this.#isMaximized = true;
  }

  isMaximized(): boolean {
    return this.#isMaximized;
  }

  restore(): void {
    this.#isMaximized = false;
  }

  isMinimized(): boolean {
    return false;
  }

  isDestroyed(): boolean {
    return !windows.has(this);
  }

  show(): void {
    // The browser's window is visible from its start.
  }

  focus(): void {
    void this.webContents.page?.bringToFront();
  }

  static getAllWindows(): BrowserWindow[] {
    return [...windows];
  }

  static fromWebContents(contents: WebContents): BrowserWindow | null {
    return [...windows].find((window) => window.webContents === contents) ?? null;
  }
}

guardInstances('webContents', WebContents);
guardInstances('BrowserWindow', BrowserWindow);

/** A window that is less closed than ours must not pass here and fail a review later. */
function refuseInsecure(preferences: Electron.WebPreferences): void {
  const isInsecure =
    preferences.sandbox !== true ||
    preferences.contextIsolation !== true ||
    preferences.nodeIntegration === true ||
    preferences.nodeIntegrationInWorker === true ||
    preferences.webviewTag === true ||
    preferences.webSecurity === false ||
    preferences.allowRunningInsecureContent === true;
  if (isInsecure) throw new Error('the stand-in refuses insecure webPreferences');
}

rules.refusesNavigation = (frame, address) => {
  // A popup has no window of ours: its opener's handler closes it. Frames within a page are for its policy.
  const window = [...windows].find((candidate) => candidate.webContents.page === frame.page());
  return window !== undefined && frame.parentFrame() === null && window.webContents.refusesNavigation(address);
};
