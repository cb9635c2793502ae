/**
 * Maps a scroll bar to rows. Browsers cap an element's height (Chromium at 2^25 px, about 1.4 million rows of 24 px),
 * so beyond MAX_CONTENT the content is shorter than the rows are: the scroll bar then stands for a place in them, and
 * an offset of our own says exactly where we are. Below that the two are the same.
 */
export const MAX_CONTENT = 8_000_000;

export interface ScrollMap {
  readonly total: number;
  readonly rowHeight: number;
  /** Height of the part in sight. */
  readonly viewport: number;
  /** Height to give the scrolled element. */
  readonly contentHeight: number;
  readonly isScaled: boolean;
  /** Largest offset: the last row stands at the bottom. */
  readonly maxOffset: number;
  readonly maxScroll: number;
}

export function scrollMap(total: number, rowHeight: number, viewport: number): ScrollMap {
  const full = total * rowHeight;
  const contentHeight = Math.min(full, MAX_CONTENT);
  return {
    total,
    rowHeight,
    viewport,
    contentHeight,
    isScaled: full > contentHeight,
    maxOffset: Math.max(0, full - viewport),
    maxScroll: Math.max(0, contentHeight - viewport),
  };
}

export function clampOffset(map: ScrollMap, offset: number): number {
  return Math.min(Math.max(offset, 0), map.maxOffset);
}

/** Offset into the rows that a scroll position stands for. */
export function offsetAt(map: ScrollMap, scrollTop: number): number {
  if (!map.isScaled) return clampOffset(map, scrollTop);
  return map.maxScroll === 0 ? 0 : clampOffset(map, (scrollTop / map.maxScroll) * map.maxOffset);
}

/** Scroll position that stands for an offset. */
export function scrollTopAt(map: ScrollMap, offset: number): number {
  const at = clampOffset(map, offset);
  if (!map.isScaled) return at;
  return map.maxOffset === 0 ? 0 : (at / map.maxOffset) * map.maxScroll;
}

/** Rows in sight, first and last inclusive, with some more on both sides; last is -1 where there are none. */
export function rowsInSight(map: ScrollMap, offset: number, more: number): { first: number; last: number } {
  const first = Math.floor(offset / map.rowHeight) - more;
  const last = Math.ceil((offset + map.viewport) / map.rowHeight) - 1 + more;
  return { first: Math.max(0, first), last: Math.min(map.total - 1, last) };
}

/** Offset nearest to the present one at which a row is wholly in sight. */
export function offsetShowing(map: ScrollMap, offset: number, row: number): number {
  const top = row * map.rowHeight;
  if (top < offset) return clampOffset(map, top);
  if (top + map.rowHeight > offset + map.viewport) return clampOffset(map, top + map.rowHeight - map.viewport);
  return clampOffset(map, offset);
}

/** Whole rows that fit, at least one: what Page Down moves by. */
export function rowsPerPage(map: ScrollMap): number {
  return Math.max(1, Math.floor(map.viewport / map.rowHeight) - 1);
}
