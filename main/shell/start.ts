import path from 'node:path';
import { app, Menu, nativeTheme, protocol, type BrowserWindow } from 'electron';
import type { Grant, Handlers, StreamName, StreamValue } from '../../shared/ipc/contract.ts';
import { APP_ORIGIN, APP_SCHEME, servePage } from './app-protocol.ts';
import type { Dialogs } from '../app/ports.ts';
import { createDialogs } from './dialogs.ts';
import { createGate } from './ipc-gate.ts';
import { connectGate, sendToPage } from './ipc.ts';
import { lockDown } from './lockdown.ts';
import { createLog } from './log.ts';
import { menuTemplate } from './menu.ts';
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

/** Paths among the command line's arguments: what is neither a switch nor the program itself. */
function pathArguments(argv: readonly string[], folder: string): string[] {
  return argv
    .slice(app.isPackaged ? 1 : 2)
    .filter((arg) => arg !== '' && !arg.startsWith('-'))
    .map((arg) => path.resolve(folder, arg));
}

/** Starts the program in Electron: one instance, one window. Resolves when the window's page is loading. */
export async function start(options: StartOptions): Promise<void> {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  const early = pathArguments(process.argv, process.cwd());
  let openPaths = (paths: readonly string[]): void => {
    early.push(...paths);
  };
  app.on('open-file', (event, file) => {
    event.preventDefault();
    openPaths([file]);
  });
  app.on('second-instance', (_event, argv, folder) => {
    openPaths(pathArguments(argv, folder));
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
    window = createWindow({ preload: path.join(options.distFolder, 'preload.cjs'), userDataFolder });
    window.webContents.on('render-process-gone', (_event, details) => {
      log.error({ reason: details.reason, exitCode: details.exitCode }, 'page gone');
    });
    window.on('closed', () => {
      window = undefined;
    });
    window.loadURL(`${APP_ORIGIN}/index.html`).catch((error: unknown) => {
      log.error({ error, logFile }, 'page did not load');
    });
  };
  app.on('window-all-closed', () => {
    app.quit();
  });
  app.on('will-quit', () => {
    void program.close();
  });
  openWindow();
}
