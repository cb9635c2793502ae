import { expect, shipped, test } from './fixtures.ts';

test.describe('a page that misbehaves', () => {
  test.use({ expectedErrors: /Content Security Policy/ });

  test('can do nothing but its work', async ({ app, workbench }) => {
    const { page } = workbench;
    const address = page.url();
    const answers = await page.evaluate(async () => {
      const globals = globalThis as unknown as Record<string, unknown>;
      return {
        node: ['require', 'process', 'module'].filter((name) => globals[name] !== undefined),
        bridge: Object.keys(globals['workbench'] as object).sort(),
        frozen: Object.isFrozen(globals['workbench']),
        inline: await new Promise((resolve) => {
          const script = document.createElement('script');
          script.textContent = 'globalThis.inlineRan = true';
          document.addEventListener('securitypolicyviolation', (event) => {
            resolve(event.effectiveDirective);
          });
          document.head.append(script);
        }),
        inlineRan: globals['inlineRan'] !== undefined,
      };
    });
    expect(answers).toEqual({
      node: [],
      bridge: ['call', 'grantDropped', 'on'],
      frozen: true,
      inline: 'script-src-elem',
      inlineRan: false,
    });
    await page.evaluate(() => {
      location.href = 'https://example.com/';
    });
    await expect.poll(() => page.url()).toBe(address);
    expect(app.windows()).toHaveLength(1);
  });
});

test('a call that is not of the contract is refused, and the program goes on', async ({ workbench }) => {
  const answers = await workbench.page.evaluate(async () => {
    const { workbench: bridge } = window as unknown as {
      workbench: { call(name: unknown, input: unknown): Promise<unknown> };
    };
    return [
      await bridge.call('no.such.call', {}),
      await bridge.call('ingest.start', { handles: ['/etc/passwd'], options: {} }),
      await bridge.call('view.rows', { view: 'x', from: 0, count: 1e9, columns: [] }),
      await bridge.call('app.info', {}),
    ];
  });
  expect(answers).toMatchObject([
    { ok: false, fault: { code: 'bad-request' } },
    { ok: false },
    { ok: false, fault: { code: 'bad-request' } },
    { ok: true, value: { version: expect.stringMatching(/^\d/) } },
  ]);
});

test('files dropped on the window open', async ({ workbench }) => {
  const { page } = workbench;
  const session = await page.context().newCDPSession(page);
  const data = {
    items: [],
    files: [shipped('samples', 'tunnel-incident', 'WS-0141', 'Security.evtx')],
    dragOperationsMask: 1,
  };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: 700, y: 500, data });
  }
  await expect(workbench.status).toContainText('1 file');
  await expect(workbench.engine).toHaveText('Engine idle');
  await workbench.show('Sources');
  await expect(workbench.source('Security.evtx')).toContainText('Read');
});

test('the menu sends commands to the page', async ({ app, workbench }) => {
  await app.evaluate(({ Menu }) => {
    Menu.getApplicationMenu()?.getMenuItemById('sample.open')?.click();
  });
  await expect(workbench.status).toContainText(/\d+ rules run/);
});

test('files that a second start hands over open in the first', async ({ app, workbench }) => {
  await expect(workbench.engine).toHaveText('Engine idle');
  await app.evaluate(
    ({ app: electron }, paths) => {
      electron.emit('second-instance', {}, ['electron'], '/', { paths });
    },
    [shipped('samples', 'tunnel-incident', 'WS-0141', 'Security.evtx')],
  );
  await expect(workbench.status).toContainText('1 file');
  await workbench.show('Sources');
  await expect(workbench.source('Security.evtx')).toContainText('Read');
});
