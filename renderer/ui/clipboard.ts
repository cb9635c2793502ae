import type { Notices } from '../state/notices.ts';

/** Copies a text; says so where the system refuses. */
export async function copyText(text: string, notices: Notices): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!copyBySelection(text))
      notices.add({ tone: 'error', text: 'Nothing was copied: the clipboard is not available' });
  }
}

/** The way that works without the clipboard permission: a selection of our own, copied by the browser's command. */
function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  const focused = document.activeElement;
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}
