import { useEffect } from 'react';
import { useWorkspace } from '../../state/context.ts';
import { COMMANDS, runCommand } from './commands.ts';
import { chordOf, isTextKey } from './keys.ts';

const BY_KEY = new Map(COMMANDS.flatMap((command) => (command.keys ?? []).map((key) => [key, command.id] as const)));

/** Keys that the rule editor keeps for itself while it has the focus. */
const EDITOR_KEYS: ReadonlySet<string> = new Set(['Ctrl+F', 'Ctrl+G', 'Ctrl+S', 'Alt+Left', 'Alt+Right']);

/** Runs commands by key, and by the native menu. */
export function useKeyboard(): void {
  const workspace = useWorkspace();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      const { dialog, question, valueMenu } = workspace.store.getState();
      if (dialog !== null || question !== null || valueMenu !== null) return;
      const chord = chordOf(event);
      const at = event.target instanceof Element ? event.target : null;
      if (
        isTextKey(chord) &&
        at?.closest('input:not([type=checkbox]), textarea, [contenteditable=true], .monaco-editor')
      )
        return;
      if (EDITOR_KEYS.has(chord) && at?.closest('.monaco-editor')) return;
      const id = BY_KEY.get(chord);
      if (id !== undefined && runCommand(id, workspace)) {
        event.preventDefault();
        event.stopPropagation();
      }
    };
    // In the capture phase: Monaco would take Ctrl+K as the start of a chord of its own.
    window.addEventListener('keydown', onKeyDown, { capture: true });
    const stopMenu = workspace.api.on('menu.command', ({ command }) => void runCommand(command, workspace));
    return () => {
      window.removeEventListener('keydown', onKeyDown, { capture: true });
      stopMenu();
    };
  }, [workspace]);
}
