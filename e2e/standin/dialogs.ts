import type * as Electron from 'electron';
import type { Page } from 'playwright-core';
import { pathOf } from './file-paths.ts';
import { options as launch } from './runtime.ts';
import { BrowserWindow } from './windows.ts';

/**
 * Dialogs over the browser's own: its file chooser to open, its prompt to name a place to save. A test replaces these
 * functions (`app.evaluate(({ dialog }) => …)`), as it does in Electron; without a window nobody could answer.
 */

function pageFor(parent: unknown): Page {
  const window = parent instanceof BrowserWindow ? parent : BrowserWindow.getAllWindows()[0];
  const page = window?.webContents.page;
  if (page === undefined) throw new Error('no window for a dialog');
  if (launch.isHeadless) throw new Error('nobody can answer a dialog here: replace it in the test');
  return page;
}

/** Shows the browser's file chooser; resolves with the number of files, which stay in `__standinChosen`. */
const CHOOSE = `(isFolder, isMultiple) => new Promise((resolve) => {
  const input = Object.assign(document.createElement('input'), { type: 'file', multiple: isMultiple, webkitdirectory: isFolder });
  input.addEventListener('change', () => {
    globalThis.__standinChosen = [...input.files];
    resolve(globalThis.__standinChosen.map((file) => file.webkitRelativePath));
  });
  input.addEventListener('cancel', () => resolve([]));
  input.click();
})`;

async function choosePaths(page: Page, isFolder: boolean, isMultiple: boolean): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  try {
    const { result } = await session.send('Runtime.evaluate', {
      expression: `(${CHOOSE})(${String(isFolder)}, ${String(isMultiple)})`,
      userGesture: true,
      awaitPromise: true,
      returnByValue: true,
    });
    const relative = result.value as string[];
    const paths = new Set<string>();
    for (const [index, inFolder] of relative.entries()) {
      const file = await pathOf(session, `__standinChosen[${String(index)}]`);
      // A chosen folder comes as all its files, each with its path from the folder's name on: the folder is wanted.
      paths.add(isFolder ? file.slice(0, file.length - inFolder.length) + (inFolder.split('/')[0] ?? '') : file);
      if (isFolder) break;
    }
    return [...paths];
  } finally {
    await session.detach();
  }
}

/** Electron takes the parent window first, or leaves it out. */
function parted(args: readonly unknown[]): { parent: unknown; options: unknown } {
  return args.length > 1 ? { parent: args[0], options: args[1] } : { parent: undefined, options: args[0] };
}

export const dialog = {
  showOpenDialog: async (...args: unknown[]): Promise<Electron.OpenDialogReturnValue> => {
    const { parent, options } = parted(args);
    const { properties = [] } = options as Electron.OpenDialogOptions;
    const filePaths = await choosePaths(
      pageFor(parent),
      properties.includes('openDirectory'),
      properties.includes('multiSelections'),
    );
    return { canceled: filePaths.length === 0, filePaths };
  },
  showSaveDialog: async (...args: unknown[]): Promise<Electron.SaveDialogReturnValue> => {
    const { parent, options } = parted(args);
    const { title = 'Save', defaultPath = '' } = options as Electron.SaveDialogOptions;
    const question = `${title}: full path of the file`;
    const answer = await pageFor(parent).evaluate(([text, value]) => globalThis.prompt(text, value), [
      question,
      defaultPath,
    ] as const);
    return { canceled: answer === null || answer === '', filePath: answer ?? '' };
  },
};
