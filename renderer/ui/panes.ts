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
  const text = element.querySelector<HTMLElement>('[role=textbox], textarea');
  const inside = 'textarea, input, button:not(:disabled), [tabindex]:not([tabindex="-1"])';
  const target = element.matches(inside) ? element : (text ?? element.querySelector<HTMLElement>(inside));
  target?.focus();
  return target !== null;
}

/** Goes to the next pane in sight (or with -1 to the one before). */
export function focusNextPane(step: 1 | -1): void {
  const shown = PANES.filter((pane) => paneElement(pane));
  const at = shown.findIndex((pane) => paneElement(pane)?.contains(document.activeElement));
  const from = at < 0 && step < 0 ? 0 : at;
  const next = shown[(from + step + shown.length) % shown.length];
  if (next) focusPane(next);
}
