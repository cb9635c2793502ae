import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const boundsSchema = z.object({
  version: z.literal(1),
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(200).max(20_000),
  height: z.number().int().min(200).max(20_000),
  maximized: z.boolean(),
});

/** Where the window was, in screen pixels. */
export type WindowBounds = Omit<z.infer<typeof boundsSchema>, 'version'>;

function fileIn(userDataFolder: string): string {
  return path.join(userDataFolder, 'window.json');
}

/** Reads where the window was; undefined the first time, and where the file is not ours. */
export function readWindowBounds(userDataFolder: string): WindowBounds | undefined {
  try {
    const { version: _, ...bounds } = boundsSchema.parse(JSON.parse(readFileSync(fileIn(userDataFolder), 'utf8')));
    return bounds;
  } catch {
    return undefined;
  }
}

/** Remembers where the window is. A folder that cannot be written costs only the memory, so nothing is reported. */
export function writeWindowBounds(userDataFolder: string, bounds: WindowBounds): void {
  try {
    mkdirSync(userDataFolder, { recursive: true });
    writeFileSync(fileIn(userDataFolder), JSON.stringify({ version: 1, ...bounds }));
  } catch {
    return;
  }
}
