import type { EventTable } from '../columns/event-table.ts';
import type { SourceLine } from '../../shared/ipc/contract.ts';
import type { EventTag } from '../../shared/model/tag.ts';

/** A line of the ledger as it is stored. Counts of events and times follow from the events. */
export interface StoredSource {
  readonly source: number;
  readonly name: string;
  readonly path: string;
  readonly format: string;
  readonly bytes: number;
  readonly state: string;
  readonly damaged: number;
  readonly leftOut: number;
  readonly faultCount: number;
  readonly faults: SourceLine['faults'];
}

export interface StoredRuleFile {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** A rule as it is stored; `file` is the position of its file in the list beside it. */
export interface StoredRule {
  readonly rule: number;
  readonly file: number;
  readonly id: string;
  readonly title: string;
  readonly level: string;
  readonly vendor: string;
  readonly enabled: boolean;
}

/** The events that one rule hits. */
export interface StoredHits {
  readonly rule: number;
  readonly events: ArrayLike<number>;
}

/** What the user said of an event. */
export interface StoredTag extends EventTag {
  readonly event: number;
}

/** Everything that a case file says. */
export interface CaseContents {
  readonly table: EventTable;
  readonly sources: readonly StoredSource[];
  readonly ruleFiles: readonly StoredRuleFile[];
  readonly rules: readonly StoredRule[];
  readonly tags: readonly StoredTag[];
}
