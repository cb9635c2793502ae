import { expect, it } from 'vitest';
import { COMMANDS } from './commands.ts';

it('no two commands share an id or a key', () => {
  const ids = COMMANDS.map((command) => command.id);
  expect(new Set(ids).size).toBe(ids.length);
  const keys = COMMANDS.flatMap((command) => command.keys ?? []);
  expect(new Set(keys).size).toBe(keys.length);
});
