import type { SourceRoot } from '../ingest/source.ts';

/** A folder or file whose rules the catalog holds. Its name is the first part of its rules' display paths. */
export interface CatalogRoot extends SourceRoot {
  /** Handle for the window, which knows no paths. */
  readonly folder: string;
  /** Whether it comes with the program. */
  readonly isOwn: boolean;
}
