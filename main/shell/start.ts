import path from 'node:path';
import { app, dialog, Menu, nativeTheme, protocol, type BrowserWindow } from 'electron';
import type { Grant, Handlers, StreamName, StreamValue } from '../../shared/ipc/contract.ts';
import { APP_ORIGIN, APP_SCHEME, servePage } from './app-protocol.ts';
import type { Dialogs } from '../app/ports.ts';
import { pathArguments, pathsOfSecondStart, type SecondStart } from './command-line.ts';
import { createDialogs } from './dialogs.ts';
import { createGate } from './ipc-gate.ts';
import { connectGate, sendToPage } from './ipc.ts';
import { lockDown } from './lockdown.ts';
import { createLog } from './log.ts';
import { menuTemplate } from './menu.ts';
import { PageCrashes } from './page-crash.ts';
import { createWindow } from './window.ts';

/** What the shell gives to the program that runs in it. */
export interface ShellPorts {
  readonly dialogs: Dialogs;
  readonly emit: <N extends StreamName>(name: N, value: StreamValue<N>) => void;
  readonly userDataFolder: string;
  readonly version: string;
  readonly runtime: 'electron' | 'stand-in';
  /** Paths given on the command line or by the operating system before the window was there. */
  readonly paths: readonly string[];
}

/** The program that runs in the shell. */
export interface Program {
  readonly handlers: Handlers;
  grant(paths: readonly string[]): Promise<readonly Grant[]>;
  close(): Promise<void>;
}

export interface StartOptions {
  /** Folder of the built files: `preload.cjs` and `renderer/`. */
  readonly distFolder: string;
  readonly open: (ports: ShellPorts) => Promise<Program>;
}

/** How long the program may take to close before it is ended. */
const CLOSE_MS = 5000;

/**
 * Starts the program in Electron: one instance, one window. Resolves when the window's page is loading. Where it cannot
 * start, it says so and ends.
 */
export async function start(options: StartOptions): Promise<void> {
  try {
    await run(options);
  } catch (error) {
    endWith('Rulewright could not start', error);
  }
}

/** A program that ends for a reason says it, also to who sees no terminal. */
function endWith(message: string, error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  dialog.showErrorBox(message, error instanceof Error ? error.message : String(error));
  app.exit(1);
}

async function run(options: StartOptions): Promise<void> {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
  const early = pathArguments(process.argv, app.isPackaged ? 1 : 2, process.cwd());
  if (!app.requestSingleInstanceLock({ paths: [...early] } satisfies SecondStart)) {
    app.quit();
    return;
  }
  let openPaths = (paths: readonly string[]): void => {
    early.push(...paths);
  };
  app.on('open-file', (event, file) => {
    event.preventDefault();
    openPaths([file]);
  });
  app.on('second-instance', (_event, _argv, _folder, data) => {
    openPaths(pathsOfSecondStart(data));
  });
  await app.whenReady();

  const userDataFolder = app.getPath('userData');
  const { log, file: logFile } = createLog(userDataFolder);
  log.info({ version: app.getVersion(), electron: process.versions.electron, platform: process.platform }, 'start');
  process.on('uncaughtException', (error) => {
    log.error({ error }, 'uncaught');
  });
  process.on('unhandledRejection', (error) => {
    log.error({ error }, 'unhandled rejection');
  });

  lockDown();
  protocol.handle(APP_SCHEME, servePage(path.join(options.distFolder, 'renderer')));

  let window: BrowserWindow | undefined;
  const checkOutput = !app.isPackaged;
  const emit: ShellPorts['emit'] = (name, value) => {
    sendToPage(window?.webContents, name, value, checkOutput);
  };
  const program = await options.open({
    dialogs: createDialogs(() => window),
    emit,
    userDataFolder,
    version: app.getVersion(),
    runtime: process.versions.electron.endsWith('stand-in') ? 'stand-in' : 'electron',
    paths: early,
  });
  const gate = createGate({ handlers: program.handlers, grant: (paths) => program.grant(paths), log, checkOutput });
  connectGate(gate, () => window?.webContents);

  openPaths = (paths) => {
    if (window?.isMinimized()) window.restore();
    window?.focus();
    if (paths.length === 0) return;
    void program.grant(paths).then(() => {
      emit('menu.command', { command: 'granted.open' });
    });
  };
  nativeTheme.on('updated', () => {
    emit('theme.changed', { dark: nativeTheme.shouldUseDarkColors });
  });
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate((command) => {
        emit('menu.command', { command });
      }, process.platform === 'darwin'),
    ),
  );

  const openWindow = (): void => {
    const opened = createWindow({ preload: path.join(options.distFolder, 'preload.cjs'), userDataFolder });
    window = opened;
    const load = (): void => {
      opened.loadURL(`${APP_ORIGIN}/index.html`).catch((error: unknown) => {
        // Closed while it loaded, or not to be had: a window that was never shown must not stay.
        if (opened.isDestroyed()) return;
        log.error({ error, logFile }, 'page did not load');
        endWith(`Rulewright could not show its window; see ${logFile}`, error);
      });
    };
    const crashes = new PageCrashes();
    opened.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
      log.error({ reason, exitCode }, 'page gone');
      const next = crashes.gone(reason);
      if (next === 'reload') load();
      if (next === 'ask') void askToLoad(opened, load);
    });
    opened.on('closed', () => {
      window = undefined;
    });
    load();
  };
  app.on('window-all-closed', () => {
    app.quit();
  });
  let isClosed = false;
  app.on('will-quit', (event) => {
    if (isClosed) return;
    // Settings that are being written, rules in the editor among them, are waited for.
    event.preventDefault();
    const tooLong = new Promise((resolve) => setTimeout(resolve, CLOSE_MS));
    void Promise.race([program.close(), tooLong]).finally(() => {
      isClosed = true;
      app.quit();
    });
  });
  openWindow();
}

/** The page has died twice in a row: it is the user's to say whether it is worth a third time. */
async function askToLoad(window: BrowserWindow, load: () => void): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message: 'The window of Rulewright stopped twice',
    detail:
      'The case is still open in the background. Load the window again, or quit: a case that was not saved is lost.',
    buttons: ['Load again', 'Quit'],
    cancelId: 0,
  });
  if (response === 0) load();
  else app.exit(1);
}
