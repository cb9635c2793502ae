import type { IndexedRule } from '../../shared/catalog/index/catalog-index.ts';
import { eventKey } from '../../shared/catalog/normalise/event-map.ts';
import { gapsOf } from '../../shared/catalog/page/gap.ts';
import {
  guideOf,
  techniquePage,
  techniqueRules,
  type TechniquePage,
} from '../../shared/catalog/page/technique-page.ts';
import type { CallInput, CallOutput } from '../../shared/ipc/contract.ts';
import { VENDORS, type Vendor } from '../../shared/model/rule.ts';
import { parentOf } from './attack.ts';
import { keepsRule, pageChoice, type Wire } from './wire.ts';

type Lines = CallOutput<'catalog.techniques'>;

/** Every technique that ATT&CK or a rule names, with its rules by vendor; hits are for who knows the open logs. */
export function techniqueLines({ catalog, facts }: Wire, { scope }: CallInput<'catalog.techniques'>): Lines {
  const counts = new Map<string, Record<Vendor, number>>();
  const all = new Map<string, Set<number>>();
  const noRules = (): Record<Vendor, number> =>
    Object.fromEntries(VENDORS.map((vendor) => [vendor, 0])) as Record<Vendor, number>;
  for (const [technique, numbers] of catalog.index.byTechnique) {
    const here = noRules();
    counts.set(technique, here);
    const ids = [technique, parentOf(technique)].filter((id) => id !== undefined);
    for (const number of numbers) {
      const { rule } = catalog.index.rules[number] as IndexedRule;
      if (scope === 'windows' && !rule.isWindows) continue;
      here[rule.vendor]++;
      for (const id of ids) {
        const known = all.get(id);
        if (known) known.add(number);
        else all.set(id, new Set([number]));
      }
    }
  }
  const { techniques } = facts.attack;
  const ids = new Set([...techniques.keys(), ...counts.keys(), ...all.keys()]);
  return [...ids].sort().map((id) => ({
    id,
    name: techniques.get(id)?.name ?? '',
    tactics: [...(techniques.get(id)?.tactics ?? [])],
    vendors: counts.get(id) ?? noRules(),
    all: all.get(id)?.size ?? 0,
    hits: 0,
  }));
}

/** A technique's page as the shared tables have it, for rendering as a file. */
export function plainPage({ catalog }: Wire, { technique, choice }: CallInput<'catalog.markdown'>): TechniquePage {
  return techniquePage(catalog.index, technique, pageChoice(choice), catalog.unread);
}

/** A technique's page for the window. */
export function techniqueForWindow(wire: Wire, input: CallInput<'catalog.technique'>): CallOutput<'catalog.technique'> {
  const { catalog, facts } = wire;
  const id = input.technique.toUpperCase();
  const page = plainPage(wire, input);
  const all = techniqueRules(catalog.index, id, { ...pageChoice(input.choice), keeps: () => true });
  const own = page.rules.reduce((sum, { rule }) => sum + rule.notParsed.length, 0);
  const parent = parentOf(id);
  const lines = new Map(techniqueLines(wire, input.choice).map((line) => [line.id, line]));
  const { tactics } = facts.attack;
  const known = facts.attack.techniques.get(id) ?? facts.attack.techniques.get(parent ?? '');
  return {
    ...wire.guide(page, all, page.notParsed.slice(own)),
    technique: wire.technique(id),
    gaps: gapsOf(catalog.index, page).map(({ field, op, value, vendor }) => ({ field, op, value, vendor })),
    tactics: (known?.tactics ?? []).map((name) => ({ id: tactics.get(name) ?? '', name })),
    description: facts.attack.notes.get(id) ?? null,
    parent: parent === undefined ? null : wire.technique(parent),
    subtechniques: [...lines.values()]
      .filter((line) => parentOf(line.id) === id)
      .map((line) => ({ id: line.id, name: line.name, rules: line.all })),
  };
}

/** The page of a kind of event: the rules that look at it, or at any event of its channel. */
export function eventForWindow(wire: Wire, input: CallInput<'catalog.event'>): CallOutput<'catalog.event'> {
  const { catalog } = wire;
  const { choice, channel, eventId } = input;
  const { byEvent, rules } = catalog.index;
  const numbers = byEvent.get(eventKey({ channel, eventId }))?.rules ?? [];
  const all = numbers
    .map((number) => rules[number] as IndexedRule)
    .filter(({ rule }) => choice.scope === 'all' || rule.isWindows);
  const kept = all.filter((rule) => keepsRule(choice, rule)).sort(byVendorAndTitle);
  const techniques = new Map<string, number>();
  for (const { rule } of kept) for (const id of rule.techniques) techniques.set(id, (techniques.get(id) ?? 0) + 1);
  return {
    ...wire.guide(guideOf(catalog.index, kept, choice), all, []),
    event: wire.event({ channel, eventId }),
    techniques: [...techniques]
      .map(([id, count]) => ({ ...wire.technique(id), rules: count }))
      .sort((a, b) => b.rules - a.rules || (a.id < b.id ? -1 : 1)),
  };
}

function byVendorAndTitle({ rule: a }: IndexedRule, { rule: b }: IndexedRule): number {
  return VENDORS.indexOf(a.vendor) - VENDORS.indexOf(b.vendor) || (a.title < b.title ? -1 : a.title > b.title ? 1 : 0);
}
