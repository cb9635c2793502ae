import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fail, ok, type Result } from '../../shared/model/fault.ts';
import type { Grant } from '../../shared/ipc/contract.ts';
import type { SourceRoot } from '../ingest/source.ts';

/**
 * The paths that the user granted, under random handles: the window names a file only by such a handle, so it can
 * ask for nothing that the user did not open.
 */
export class FileHandles {
  readonly #roots = new Map<string, SourceRoot>();
  readonly #handles = new Map<string, string>();

  /** Grants a path; the same path has one handle. @param name to show; the path's last part where it is left out. */
  async grant(path: string, name = basename(path) || path): Promise<Grant> {
    let handle = this.#handles.get(path);
    if (handle === undefined) {
      handle = randomUUID();
      this.#handles.set(path, handle);
      this.#roots.set(handle, { path, name });
    }
    const isFolder = await stat(path).then(
      (stats) => stats.isDirectory(),
      () => false, // It may have vanished: whoever reads it says so.
    );
    return { handle, name, isFolder };
  }

  /** The paths of handles, or a fault where one was never granted. */
  resolve(handles: readonly string[]): Result<readonly SourceRoot[]> {
    const roots: SourceRoot[] = [];
    for (const handle of handles) {
      const root = this.#roots.get(handle);
      if (!root) return fail({ code: 'not-found', message: 'This file was not opened in this session' });
      roots.push(root);
    }
    return ok(roots);
  }
}
