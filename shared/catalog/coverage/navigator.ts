import { VENDORS } from '../../model/rule.ts';
import { VENDOR_NAMES } from '../page/page-text.ts';
import type { Coverage, NeededEvent, TechniqueCoverage } from './coverage.ts';
import type { TechniqueState } from './states.ts';

/** ATT&CK's version that the program's technique list is of. */
const ATTACK_VERSION = '17';

/** A cell's score and colour, worst first: the gradient has these colours at these scores. */
const SCORES: readonly { readonly state: TechniqueState; readonly color: string; readonly label: string }[] = [
  { state: 'unknown', color: '#d9d9d9', label: 'Rules; nothing says whether their events are open' },
  { state: 'absent', color: '#f0c05a', label: 'Rules, but none of the events that they read is open' },
  { state: 'ready', color: '#7fb3d5', label: 'Rules and their events, no hit' },
  { state: 'hit', color: '#c0392b', label: 'Hits' },
];

/** A layer of the ATT&CK Navigator, format 4.5 (attack-navigator, layers/LAYERFORMATv4_5.md). */
export interface NavigatorLayer {
  readonly name: string;
  readonly versions: { readonly attack: string; readonly navigator: string; readonly layer: '4.5' };
  readonly domain: 'enterprise-attack';
  readonly description: string;
  readonly sorting: 3;
  readonly layout: Readonly<Record<string, string | boolean>>;
  readonly hideDisabled: false;
  readonly techniques: readonly NavigatorTechnique[];
  readonly gradient: { readonly colors: readonly string[]; readonly minValue: number; readonly maxValue: number };
  readonly legendItems: readonly { readonly label: string; readonly color: string }[];
  readonly metadata: readonly NavigatorFact[];
}

export interface NavigatorTechnique {
  readonly techniqueID: string;
  /** 0 to 3, see `SCORES`. */
  readonly score: number;
  readonly comment: string;
  readonly enabled: true;
  readonly metadata: readonly NavigatorFact[];
  readonly showSubtechniques: false;
}

interface NavigatorFact {
  readonly name: string;
  /** Never empty: the Navigator refuses that. */
  readonly value: string;
}

const EVENTS_LISTED = 8;

/**
 * The coverage as a layer of the ATT&CK Navigator. Techniques without a rule are left out, and so unscored.
 * @param name of the layer, such as the case's.
 * @param about facts for the layer's head, such as the scope.
 */
export function navigatorLayer(
  { techniques }: Pick<Coverage, 'techniques'>,
  name: string,
  about: readonly NavigatorFact[],
): NavigatorLayer {
  return {
    name,
    versions: { attack: ATTACK_VERSION, navigator: '5.1.0', layer: '4.5' },
    domain: 'enterprise-attack',
    description: 'Which techniques the rules could show on the open logs, and which they do. Written by Rulewright.',
    sorting: 3,
    layout: {
      layout: 'side',
      showID: true,
      showName: true,
      showAggregateScores: false,
      countUnscored: false,
      aggregateFunction: 'max',
      expandedSubtechniques: 'none',
    },
    hideDisabled: false,
    techniques: techniques.flatMap(cell),
    gradient: { colors: SCORES.map(({ color }) => color), minValue: 0, maxValue: SCORES.length - 1 },
    legendItems: SCORES.map(({ label, color }) => ({ label, color })),
    metadata: about.filter(({ value }) => value !== ''),
  };
}

function cell(row: TechniqueCoverage): readonly NavigatorTechnique[] {
  const score = SCORES.findIndex(({ state }) => state === row.state);
  // A rule may be tagged with what is no technique's id.
  if (score < 0 || !/^T\d{4}(?:\.\d{3})?$/.test(row.technique)) return [];
  const { technique, rules, hits, run, states, vendors, events } = row;
  const missing = events.filter(({ open }) => open === 0);
  const facts: readonly NavigatorFact[] = [
    { name: 'Rules', value: `${rules}` },
    { name: 'By vendor', value: VENDORS.map((vendor) => `${VENDOR_NAMES[vendor]} ${vendors[vendor]}`).join(', ') },
    { name: 'Rules loaded and run', value: `${run}` },
    { name: 'Rules with hits', value: `${states.hit}` },
    { name: 'Rules ready', value: `${states.ready}` },
    { name: 'Rules without their events', value: `${states.absent}` },
    { name: 'Hits', value: `${hits}` },
    { name: 'Events open', value: eventsText(events.filter(({ open }) => open > 0)) },
    { name: 'Events missing', value: eventsText(missing) },
  ];
  return [
    {
      techniqueID: technique,
      score,
      comment: commentOf(row),
      enabled: true,
      metadata: facts.filter(({ value }) => value !== ''),
      showSubtechniques: false,
    },
  ];
}

/** What a technique comes to, in a sentence. */
function commentOf({ state, rules, states, hits, run }: TechniqueCoverage): string {
  const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
  switch (state) {
    case 'hit':
      return `${counted(hits, 'hit')}; ${counted(rules, 'rule')}, ${run} run.`;
    case 'ready':
      return `No hit; ${states.ready} of ${counted(rules, 'rule')} could hit on these logs, ${run} run.`;
    case 'absent':
      return `${counted(rules, 'rule')}, but the logs lack the events that they read: no hit says nothing.`;
    case 'unknown':
      return `${counted(rules, 'rule')}; nothing says whether the logs have what they read.`;
    case 'none':
      return 'No rule.';
  }
}

function eventsText(events: readonly NeededEvent[]): string {
  const names = events.map(({ channel, eventId }) => (eventId === null ? channel : `${channel} ${eventId}`));
  const more = names.length - EVENTS_LISTED;
  return [...names.slice(0, EVENTS_LISTED), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}
