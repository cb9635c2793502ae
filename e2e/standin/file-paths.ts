import type { CDPSession } from 'playwright-core';
import { FILE_TOKEN } from './page-side.ts';

/**
 * Puts real paths in the place of file tokens. `webUtils.getPathForFile` gives a path at once, which a page cannot:
 * it gives a token, and when a message carries tokens to the main process, the browser is asked for each file's path.
 */
export async function withFilePaths(session: CDPSession, args: readonly unknown[]): Promise<unknown[]> {
  return Promise.all(args.map((arg) => resolve(session, arg)));
}

async function resolve(session: CDPSession, value: unknown): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((item) => resolve(session, item)));
  if (typeof value !== 'string' || !value.startsWith(FILE_TOKEN)) return value;
  const index = Number(value.slice(FILE_TOKEN.length));
  return pathOf(session, `__standinFiles[${String(index)}]`);
}

/** The path of a File in the page. @param expression gives the File; '' where it is not a file on disk */
export async function pathOf(session: CDPSession, expression: string): Promise<string> {
  const { result } = await session.send('Runtime.evaluate', { expression });
  if (result.objectId === undefined) return '';
  const { path } = await session.send('DOM.getFileInfo', { objectId: result.objectId });
  return path;
}
