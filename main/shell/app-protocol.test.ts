import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileOfUrl, servePage } from './app-protocol.ts';

let folder = '';
let root = '';

beforeAll(() => {
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'rulewright-protocol-')));
  root = path.join(folder, 'renderer');
  mkdirSync(path.join(root, 'assets'), { recursive: true });
  mkdirSync(path.join(folder, 'renderer-private'));
  writeFileSync(path.join(root, 'index.html'), '<!doctype html>');
  writeFileSync(path.join(root, 'assets', 'a.js'), 'export {};');
  writeFileSync(path.join(root, 'notes.txt'), 'no type of ours');
  writeFileSync(path.join(folder, 'secret.js'), 'secret');
  writeFileSync(path.join(folder, 'renderer-private', 'x.js'), 'secret');
  symlinkSync(path.join(folder, 'secret.js'), path.join(root, 'link.js'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('fileOfUrl', () => {
  it('finds files of the page', async () => {
    expect(await fileOfUrl(root, 'app://workbench/')).toBe(path.join(root, 'index.html'));
    expect(await fileOfUrl(root, 'app://workbench/assets/a.js?v=1#x')).toBe(path.join(root, 'assets', 'a.js'));
  });

  it.each([
    'app://workbench/../secret.js',
    'app://workbench/%2e%2e/secret.js',
    'app://workbench/..%2fsecret.js',
    'app://workbench/assets/..%2f..%2fsecret.js',
    'app://workbench/..%5csecret.js',
    'app://workbench/../renderer-private/x.js',
    'app://workbench/..%2frenderer-private%2fx.js',
    'app://workbench/link.js',
    'app://workbench/assets',
    'app://workbench/missing.js',
    'app://workbench/%00',
    'app://workbench/%',
    'app://elsewhere/index.html',
    'file:///etc/passwd',
    'https://workbench/index.html',
    'not an address',
  ])('finds nothing at %s', async (address) => {
    expect(await fileOfUrl(root, address)).toBeUndefined();
  });

  it('never leaves the folder', async () => {
    const part = fc.constantFrom(
      '..',
      '.',
      'assets',
      'a.js',
      'secret.js',
      '%2e%2e',
      '%2f',
      '/',
      '\\',
      'renderer',
      '%5c',
      '',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 8 }), async (parts) => {
        const file = await fileOfUrl(root, `app://workbench/${parts.join('/')}`);
        expect(file === undefined || file.startsWith(root + path.sep)).toBe(true);
      }),
    );
  });
});

describe('servePage', () => {
  it('gives the file with its type and strict headers', async () => {
    const response = await servePage(root)(new Request('app://workbench/assets/a.js'));
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('export {};');
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain('unsafe-eval');
  });

  it('refuses other methods, other files and types that are not ours', async () => {
    const serve = servePage(root);
    expect((await serve(new Request('app://workbench/', { method: 'POST' }))).status).toBe(405);
    expect((await serve(new Request('app://workbench/missing.js'))).status).toBe(404);
    expect((await serve(new Request('app://workbench/notes.txt'))).status).toBe(404);
  });
});
