import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type RefObject } from 'react';
import { clampOffset, offsetAt, scrollMap, scrollTopAt, type ScrollMap } from './scroll-map.ts';

export interface Scroller {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly map: ScrollMap;
  /** Where we are in the rows, in pixels from the first. */
  readonly offset: number;
  /** Top of a row inside the scrolled element. */
  readonly rowTop: (row: number) => number;
  readonly moveTo: (offset: number) => void;
  readonly onScroll: () => void;
  readonly width: number;
}

/**
 * Scrolls any number of rows in one element. While the content is not scaled the browser scrolls and we follow. When
 * it is, the wheel moves our own offset by pixels, and the scroll bar, which is then coarse, follows us.
 * @param headHeight height of what sticks at the element's top.
 */
export function useScroller(total: number, rowHeight: number, headHeight: number, initial: number): Scroller {
  const box = useRef<HTMLDivElement | null>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [offset, setOffset] = useState(initial);
  const [scrollTop, setScrollTop] = useState(0);
  /** Where we have put the scroll bar, to tell our own scroll events from the user's. */
  const placed = useRef(-1);
  const map = useMemo(
    () => scrollMap(total, rowHeight, Math.max(0, size.height - headHeight)),
    [total, rowHeight, size.height, headHeight],
  );

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      setSize({ width: element.clientWidth, height: element.clientHeight });
    });
    observer.observe(element);
    setSize({ width: element.clientWidth, height: element.clientHeight });
    return () => {
      observer.disconnect();
    };
  }, []);

  const moveTo = useCallback(
    (to: number) => {
      const at = clampOffset(map, to);
      setOffset(at);
      const element = box.current;
      if (!element) return;
      placed.current = Math.round(scrollTopAt(map, at));
      element.scrollTop = placed.current;
      setScrollTop(element.scrollTop);
    },
    [map],
  );

  // The content's height has changed: the same rows stay in sight, as far as there still are so many.
  const mapBefore = useRef(map);
  const offsetNow = useRef(offset);
  useLayoutEffect(() => {
    offsetNow.current = offset;
  }, [offset]);
  useLayoutEffect(() => {
    if (mapBefore.current === map || map.viewport === 0) return;
    const rows = offsetNow.current / mapBefore.current.rowHeight;
    mapBefore.current = map;
    moveTo(rows * map.rowHeight);
  }, [map, moveTo]);

  const onScroll = useCallback(() => {
    const element = box.current;
    if (!element || map.viewport === 0) return;
    if (map.isScaled && Math.abs(element.scrollTop - placed.current) <= 1) return;
    placed.current = -1;
    setScrollTop(element.scrollTop);
    setOffset(offsetAt(map, element.scrollTop));
  }, [map]);

  useEffect(() => {
    const element = box.current;
    if (!element || !map.isScaled) return;
    const onWheel = (event: WheelEvent): void => {
      if (event.ctrlKey || event.deltaY === 0) return;
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? map.rowHeight : 1;
      moveTo(offsetNow.current + event.deltaY * lines);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      element.removeEventListener('wheel', onWheel);
    };
  }, [map, moveTo]);

  const shift = map.isScaled ? scrollTop - offset : 0;
  const rowTop = useCallback((row: number) => row * rowHeight + shift, [rowHeight, shift]);
  return { box, map, offset, rowTop, moveTo, onScroll, width: size.width };
}
