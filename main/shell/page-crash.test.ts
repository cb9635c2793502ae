import { expect, it } from 'vitest';
import { PageCrashes } from './page-crash.ts';

it('loads the page again once, and asks where that does not help', () => {
  let now = 0;
  const crashes = new PageCrashes(() => now);
  expect(crashes.gone('clean-exit')).toBe('nothing');
  expect(crashes.gone('crashed')).toBe('reload');
  now = 5000;
  expect(crashes.gone('oom')).toBe('ask');
  now = 10 * 60_000;
  expect(crashes.gone('crashed')).toBe('reload');
});
