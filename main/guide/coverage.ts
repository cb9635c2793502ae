import type { OpenCase } from '../../shared/catalog/coverage/case.ts';
import {
  coverageOf,
  techniqueOnCase,
  type Coverage,
  type TechniqueCoverage,
} from '../../shared/catalog/coverage/coverage.ts';
import { navigatorLayer } from '../../shared/catalog/coverage/navigator.ts';
import { coverageCsv, coverageJson, type TechniqueNames } from '../../shared/catalog/coverage/render-coverage.ts';
import type { CallInput, CallOutput } from '../../shared/ipc/contract.ts';
import type { CoverageRow } from '../../shared/ipc/coverage-calls.ts';
import type { Wire } from './wire.ts';

type Asked<N extends 'coverage.case' | 'coverage.technique' | 'coverage.export'> = CallInput<N> & {
  readonly open: OpenCase;
};

/** Every technique on the open logs. */
export function coverageForWindow(wire: Wire, input: Asked<'coverage.case'>): CallOutput<'coverage.case'> {
  const { hasLogs, techniques, unread } = whole(wire, input);
  return {
    revision: wire.catalog.revision,
    hasLogs,
    rows: techniques.map((row) => rowOf(wire, row)),
    unread: unread.map(({ events, ...event }) => ({ ...wire.event(event), events })),
  };
}

/** One technique on the open logs. */
export function techniqueForCase(wire: Wire, input: Asked<'coverage.technique'>): CallOutput<'coverage.technique'> {
  const id = input.technique.toUpperCase();
  const row = whole(wire, input).techniques.find(({ technique }) => technique === id);
  return {
    row: row ? rowOf(wire, row) : null,
    events: (row?.events ?? []).map(({ rules, open, ...event }) => ({ ...wire.event(event), rules, open })),
    rules: techniqueOnCase(wire.catalog.index, input.open, id, input).map(({ rule, state, loaded }) => ({
      rule: wire.ruleRef(rule),
      state,
      reason: state === 'absent' ? (loaded?.cannotFire ?? '') : '',
      loaded: loaded?.key ?? null,
      isRun: loaded?.isRun ?? false,
      hits: loaded?.isRun ? loaded.hits : 0,
    })),
  };
}

/** The coverage as the text of a file. @param input.name of the case. */
export function renderCoverage(wire: Wire, input: Asked<'coverage.export'> & { readonly name: string }): string {
  const coverage = whole(wire, input);
  const { format, scope, name } = input;
  switch (format) {
    case 'json':
      return `${JSON.stringify(coverageJson(coverage, namesOf(wire)), null, 2)}\n`;
    case 'csv':
      return coverageCsv(coverage, namesOf(wire));
    case 'navigator': {
      const rules = wire.catalog.index.rules.length;
      const about = [
        { name: 'Rules in the catalog', value: `${rules}` },
        { name: 'Scope', value: scope === 'windows' ? 'Rules over Windows events' : 'Rules of all platforms' },
      ];
      return `${JSON.stringify(navigatorLayer(coverage, name, about), null, 2)}\n`;
    }
  }
}

function whole({ catalog, facts }: Wire, { open, scope }: Asked<'coverage.case'>): Coverage {
  return coverageOf(catalog.index, open, { scope }, facts.attack.techniques.keys());
}

function namesOf({ facts }: Wire): TechniqueNames {
  return (id) => {
    const known = facts.attack.techniques.get(id);
    return { name: known?.name ?? '', tactics: known?.tactics ?? [] };
  };
}

function rowOf(wire: Wire, { events, ...row }: TechniqueCoverage): CoverageRow {
  const { name, tactics } = namesOf(wire)(row.technique);
  return {
    ...row,
    name,
    tactics: [...tactics],
    events: events.length,
    eventsOpen: events.filter(({ open }) => open > 0).length,
  };
}
