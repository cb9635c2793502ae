import { unfoldPanel, type FoldingPanel } from './panels.ts';

/** Moves the keyboard between panes. A pane marks what takes its focus with `data-pane-focus="name"`. */

export const PANES = ['search', 'catalog', 'histogram', 'side', 'grid', 'detail', 'page'] as const;
/** The note is a place inside the details, not one of the stops. */
export type Pane = (typeof PANES)[number] | 'note';

function paneElement(pane: Pane): HTMLElement | null {
  const element = document.querySelector<HTMLElement>(`[data-pane-focus="${pane}"]`);
  return element && element.getClientRects().length > 0 ? element : null;
}

const FOLDING: Partial<Record<Pane, FoldingPanel>> = {
  histogram: 'histogram',
  side: 'side',
  detail: 'detail',
  note: 'detail',
  catalog: 'techniques',
};

/** Focuses a pane, unfolded first: the marked element, or where it cannot take focus itself, the text inside it, or
 * the first inside that can. */
export function focusPane(pane: Pane): boolean {
  const folding = FOLDING[pane];
  if (folding) unfoldPanel(folding);
  const element = paneElement(pane);
  if (!element) return false;
  const text = textIn(element);
  const inside = 'textarea, input, button:not(:disabled), [tabindex]:not([tabindex="-1"])';
  const target = element.matches(inside) ? element : (text ?? element.querySelector<HTMLElement>(inside));
  target?.focus();
  return target !== null;
}

function textIn(element: HTMLElement): HTMLElement | null {
  return element.querySelector<HTMLElement>('[role=textbox], textarea');
}

/** Longest wait for a pane that is still being made. */
const WAIT_MS = 5000;

/**
 * Focuses a pane as soon as it can take the focus, unless the user has gone elsewhere meanwhile.
 * @param wanted `text`: waits for the text to write in, such as the editor's, which loads when it is first needed.
 */
export function focusPaneSoon(pane: Pane, wanted: 'any' | 'text' = 'any'): void {
  const folding = FOLDING[pane];
  if (folding) unfoldPanel(folding);
  const before = document.activeElement;
  const end = performance.now() + WAIT_MS;
  const attempt = (): void => {
    const now = document.activeElement;
    if (now !== before && now !== document.body) return;
    const element = paneElement(pane);
    if (element && (wanted === 'any' || textIn(element)) && focusPane(pane)) return;
    if (performance.now() < end) requestAnimationFrame(attempt);
  };
  requestAnimationFrame(attempt);
}

/** Goes to the next pane in sight (or with -1 to the one before). */
export function focusNextPane(step: 1 | -1): void {
  const shown = PANES.filter((pane) => paneElement(pane));
  const at = shown.findIndex((pane) => paneElement(pane)?.contains(document.activeElement));
  const from = at < 0 && step < 0 ? 0 : at;
  const next = shown[(from + step + shown.length) % shown.length];
  if (next) focusPane(next);
}
