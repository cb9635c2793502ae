import { describe, expect, it } from 'vitest';
import { chordOf, isTextKey, shownKeys, type KeyPress } from './keys.ts';

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe('keys', () => {
  it.each([
    [press('o', { ctrlKey: true }), 'Ctrl+O'],
    [press('O', { ctrlKey: true, shiftKey: true }), 'Ctrl+Shift+O'],
    [press('k', { metaKey: true }), 'Ctrl+K'],
    [press('?', { shiftKey: true }), '?'],
    [press('F6', { shiftKey: true }), 'Shift+F6'],
    [press('ArrowLeft', { altKey: true }), 'Alt+Left'],
    [press('/'), '/'],
  ])('%o is %s', (event, chord) => {
    expect(chordOf(event)).toBe(chord);
  });

  it('leaves letters to whoever is writing, and takes the rest', () => {
    expect(['J', '/', '?', 'Esc', 'Shift+J'].map(isTextKey)).toEqual([true, true, true, true, true]);
    expect(['Ctrl+J', 'Alt+1', 'F6', 'Shift+F6'].map(isTextKey)).toEqual([false, false, false, false]);
  });

  it('are shown as the platform writes them', () => {
    expect(shownKeys('Ctrl+Shift+O', 'darwin')).toBe('⌘⇧O');
    expect(shownKeys('Ctrl+Shift+O', 'linux')).toBe('Ctrl+Shift+O');
  });
});
