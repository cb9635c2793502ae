import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readWindowBounds, writeWindowBounds } from './window-bounds.ts';

it('remembers where the window was, and forgets what it cannot read', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rulewright-bounds-'));
  const bounds = { x: -10, y: 20, width: 1200, height: 800, maximized: true };
  expect(readWindowBounds(folder)).toBeUndefined();
  writeWindowBounds(folder, bounds);
  expect(readWindowBounds(folder)).toEqual(bounds);
  writeFileSync(path.join(folder, 'window.json'), '{"version":2}');
  expect(readWindowBounds(folder)).toBeUndefined();
  rmSync(folder, { recursive: true });
});
