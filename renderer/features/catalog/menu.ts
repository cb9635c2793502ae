import { createContext, useContext } from 'react';
import type { CatalogIndicatorRow } from '../../../shared/ipc/catalog-calls.ts';

/** What a menu of the catalog is about: a value of a field, or (value null) the field. */
export interface MenuTarget {
  readonly x: number;
  readonly y: number;
  readonly field: string;
  readonly logField: CatalogIndicatorRow['logField'];
  readonly test: Pick<CatalogIndicatorRow, 'op' | 'value'> | null;
}

export const MenuContext = createContext<(target: MenuTarget) => void>(() => undefined);

/** Opens the menu of a value, which stands once in the page. */
export function useMenu(): (target: MenuTarget) => void {
  return useContext(MenuContext);
}
