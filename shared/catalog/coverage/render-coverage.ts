import { VENDORS } from '../../model/rule.ts';
import type { CatalogEvent } from '../normalise/normalised-rule.ts';
import { csvText } from '../page/csv-text.ts';
import type { Coverage, TechniqueCoverage } from './coverage.ts';

/** The coverage for scripts: a contract. Every technique that a rule is tagged with is there. */
export interface CoverageJson {
  readonly hasLogs: boolean;
  readonly techniques: readonly (TechniqueCoverage & { readonly name: string; readonly tactics: readonly string[] })[];
  /** Kinds of events of the logs that no rule reads. */
  readonly unread: readonly (CatalogEvent & { readonly events: number })[];
}

/** Names and tactics of a technique; both empty where it is not known. */
export type TechniqueNames = (technique: string) => { readonly name: string; readonly tactics: readonly string[] };

export function coverageJson({ hasLogs, techniques, unread }: Coverage, names: TechniqueNames): CoverageJson {
  return {
    hasLogs,
    techniques: withRules(techniques).map((row) => {
      const { technique, state, rules, vendors, states, run, idle, hits, events } = row;
      const { name, tactics } = names(technique);
      return { technique, name, tactics, state, rules, vendors, states, run, idle, hits, events };
    }),
    unread: unread.map(({ channel, eventId, events }) => ({ channel, eventId, events })),
  };
}

/** The coverage as a table for a spreadsheet (RFC 4180); a cell that it would run as a formula is made text. */
export function coverageCsv({ techniques }: Pick<Coverage, 'techniques'>, names: TechniqueNames): string {
  const heads = ['technique', 'name', 'tactics', 'state', 'rules', ...VENDORS, 'run', 'with_hits', 'ready', 'absent'];
  return csvText([
    [...heads, 'unknown', 'hits', 'events_open', 'events_missing'],
    ...withRules(techniques).map(({ technique, state, rules, vendors, run, states, hits, events }) => {
      const { name, tactics } = names(technique);
      const of = (isOpen: boolean): string =>
        events
          .filter(({ open }) => open > 0 === isOpen)
          .map(eventText)
          .join('; ');
      return [
        technique,
        name,
        tactics.join('; '),
        state,
        rules,
        ...VENDORS.map((vendor) => vendors[vendor]),
        run,
        states.hit,
        states.ready,
        states.absent,
        states.unknown,
        hits,
        of(true),
        of(false),
      ];
    }),
  ]);
}

/** Techniques that a rule is tagged with, or that have hits. */
export function withRules(techniques: readonly TechniqueCoverage[]): readonly TechniqueCoverage[] {
  return techniques.filter(({ state }) => state !== 'none');
}

export function eventText({ channel, eventId }: CatalogEvent): string {
  return eventId === null ? channel : `${channel} ${eventId}`;
}
