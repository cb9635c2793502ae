import { existsSync } from 'node:fs';
import path from 'node:path';
import { test as base, type ElectronApplication } from '@playwright/test';
import { launchApp } from './launch-app.mjs';
import { WorkbenchPage } from './pages/workbench.ts';

const root = path.join(import.meta.dirname, '..');

interface Fixtures {
  /** Files and folders on the program's command line; `test.use({ paths: [...] })` sets them. */
  readonly paths: readonly string[];
  /** What the page may print as an error in this test. */
  readonly expectedErrors: RegExp | undefined;
  readonly launched: { readonly app: ElectronApplication; readonly workbench: WorkbenchPage };
  readonly app: ElectronApplication;
  readonly workbench: WorkbenchPage;
}

/** The program, started anew for each test. What the page prints as an error fails the test. */
export const test = base.extend<Fixtures>({
  paths: [[], { option: true }],
  expectedErrors: [undefined, { option: true }],
  launched: async ({ paths, expectedErrors }, use, testInfo) => {
    const { app, page, close } = await launchApp({ paths });
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !expectedErrors?.test(message.text())) errors.push(message.text());
    });
    // A user acts on what is there to see; what comes before the page listens would be lost.
    await page.getByRole('main').locator('> *').first().waitFor();
    await use({ app, workbench: new WorkbenchPage(page) });
    if (testInfo.status !== testInfo.expectedStatus && !page.isClosed()) {
      await testInfo.attach('window', { body: await page.screenshot(), contentType: 'image/png' });
    }
    await close();
    base.expect(errors, 'errors that the page printed').toEqual([]);
  },
  app: async ({ launched }, use) => {
    await use(launched.app);
  },
  workbench: async ({ launched }, use) => {
    await use(launched.workbench);
  },
});

export { expect } from '@playwright/test';

/** The folder of a sample or rule that the project ships. */
export function shipped(...parts: readonly string[]): string {
  return path.join(root, 'rules', ...parts);
}

/** A file of the shared corpora, beside the project; undefined where they are absent: the test is then skipped. */
export function corpus(...parts: readonly string[]): string | undefined {
  const file = path.join(root, '..', 'shared', 'corpus', ...parts);
  return existsSync(file) ? file : undefined;
}

/** Answers the next native open dialogs with these paths, as a user would. */
export async function answerOpenDialog(app: ElectronApplication, filePaths: readonly string[]): Promise<void> {
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: chosen.length === 0, filePaths: [...chosen] });
  }, filePaths);
}

/** Answers the next native save dialogs with this path. */
export async function answerSaveDialog(app: ElectronApplication, filePath: string): Promise<void> {
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: chosen });
  }, filePath);
}
