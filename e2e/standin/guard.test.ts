import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { servedScheme, toBrowser, toProgram } from './address.ts';
import { guard, guardInstances } from './guard.ts';

describe('guard', () => {
  it('gives what is there and names what is not', () => {
    const dialog: Record<string, unknown> = guard('dialog', { showOpenDialog: 1 });
    expect(dialog['showOpenDialog']).toBe(1);
    expect(() => dialog['showMessageBox']).toThrow('not in the stand-in: dialog.showMessageBox');
    dialog['showOpenDialog'] = 2;
    expect(dialog['showOpenDialog']).toBe(2);
  });

  it('lets instances keep private members and events', async () => {
    class Window extends EventEmitter {
      #shown = false;
      show(): boolean {
        this.#shown = true;
        return this.#shown;
      }
    }
    guardInstances('BrowserWindow', Window);
    const window = new Window();
    let heard = 0;
    window.on('closed', () => heard++);
    window.emit('closed');
    expect([window.show(), heard]).toEqual([true, 1]);
    expect(await Promise.resolve(window)).toBe(window);
    expect(() => (window as unknown as { hide: () => void }).hide()).toThrow('not in the stand-in: BrowserWindow.hide');
  });
});

describe('addresses', () => {
  it('map to a host that never resolves, and back', () => {
    const address = 'app://workbench/assets/a.js?x=1#y';
    expect(toBrowser(address)).toBe('https://app.standin.test/assets/a.js?x=1#y');
    expect(toProgram(toBrowser(address))).toBe(address);
    expect(servedScheme(toBrowser(address))).toBe('app');
  });

  it('leave other places as they are', () => {
    for (const other of ['https://example.com/', 'https://standin.test.example.com/', 'about:blank', 'nonsense']) {
      expect(toProgram(other)).toBe(other);
      expect(servedScheme(other)).toBeUndefined();
    }
  });
});
