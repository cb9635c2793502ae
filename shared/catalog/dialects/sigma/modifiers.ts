import type { Encoding, Op, TimePart } from '../../../model/predicate.ts';
import type { Span } from '../../../model/span.ts';
import type { Report } from '../../diagnostics.ts';
import type { Place } from '../../syntax/wildcards.ts';

/** What a modifier does to the comparison; modifiers of one role exclude each other unless `checkPairs` says more. */
type Role =
  'place' | 'link' | 'case' | 'negate' | 'regex' | 'regex-flag' | 'encode' | 'text' | 'type' | 'compare' | 'time';

export interface Modifier {
  readonly name: string;
  readonly role: Role;
  /** One line for completion and hover. */
  readonly doc: string;
}

/** Every modifier of the Sigma specification 2.1 (appendix "Sigma Modifiers"). */
export const SIGMA_MODIFIERS: readonly Modifier[] = [
  { name: 'contains', role: 'place', doc: 'The value stands anywhere in the field.' },
  { name: 'startswith', role: 'place', doc: 'The field begins with the value.' },
  { name: 'endswith', role: 'place', doc: 'The field ends with the value.' },
  { name: 'all', role: 'link', doc: 'Every value of the list must match, not only one.' },
  { name: 'cased', role: 'case', doc: 'Upper and lower case differ.' },
  { name: 'neq', role: 'negate', doc: 'The field is none of the values.' },
  { name: 're', role: 'regex', doc: 'The value is a regular expression (RE2), found anywhere, case-sensitive.' },
  { name: 'i', role: 'regex-flag', doc: 'After re: upper and lower case are the same.' },
  { name: 'm', role: 'regex-flag', doc: 'After re: ^ and $ also match at line ends.' },
  { name: 's', role: 'regex-flag', doc: 'After re: a dot also matches a line feed.' },
  { name: 'base64', role: 'encode', doc: 'The value is encoded as Base64 before comparison.' },
  { name: 'base64offset', role: 'encode', doc: 'Base64 at each of its three alignments within longer encoded data.' },
  { name: 'wide', role: 'encode', doc: 'The value is encoded as UTF-16, little endian (as utf16le).' },
  { name: 'utf16le', role: 'encode', doc: 'The value is encoded as UTF-16, little endian.' },
  { name: 'utf16be', role: 'encode', doc: 'The value is encoded as UTF-16, big endian.' },
  { name: 'utf16', role: 'encode', doc: 'The value is encoded as UTF-16 with a byte order mark.' },
  { name: 'windash', role: 'text', doc: 'Hyphen, slash, en dash, em dash and horizontal bar count as the same.' },
  { name: 'expand', role: 'text', doc: 'Placeholders such as %Administrators% are replaced by your own lists.' },
  { name: 'cidr', role: 'type', doc: 'The field is an IP address within the network, IPv4 or IPv6.' },
  { name: 'fieldref', role: 'type', doc: 'The value names another field of the event to compare with.' },
  { name: 'exists', role: 'type', doc: 'true: the event has the field; false: it has not.' },
  { name: 'gt', role: 'compare', doc: 'The field is a number greater than the value.' },
  { name: 'gte', role: 'compare', doc: 'The field is a number greater than or equal to the value.' },
  { name: 'lt', role: 'compare', doc: 'The field is a number less than the value.' },
  { name: 'lte', role: 'compare', doc: 'The field is a number less than or equal to the value.' },
  { name: 'minute', role: 'time', doc: 'The minute of the time in the field, 0 to 59.' },
  { name: 'hour', role: 'time', doc: 'The hour of the time in the field, 0 to 23.' },
  { name: 'day', role: 'time', doc: 'The day of the month of the time in the field, 1 to 31.' },
  { name: 'week', role: 'time', doc: 'The ISO week of the time in the field, 1 to 53.' },
  { name: 'month', role: 'time', doc: 'The month of the time in the field, 1 to 12.' },
  { name: 'year', role: 'time', doc: 'The year of the time in the field.' },
];

/** Long names of the regular expression's flags: not of the specification, but rules are written with them. */
const LONG_FLAGS: Readonly<Record<string, string>> = { ignorecase: 'i', multiline: 'm', dotall: 's' };

const BY_NAME = new Map(SIGMA_MODIFIERS.map((modifier) => [modifier.name, modifier]));

function findModifier(written: string): Modifier | undefined {
  const name = written.toLowerCase();
  return BY_NAME.get(Object.hasOwn(LONG_FLAGS, name) ? (LONG_FLAGS[name] as string) : name);
}

/** A field's modifiers, understood. */
export interface Chain {
  /** As written, joined with `|`; '' for none. */
  readonly native: string;
  readonly place: Place | undefined;
  readonly all: boolean;
  readonly cased: boolean;
  readonly negated: boolean;
  readonly regexFlags: string | undefined;
  readonly encodings: readonly Encoding[];
  readonly windash: boolean;
  readonly expand: boolean;
  readonly type: 'cidr' | 'fieldref' | 'exists' | undefined;
  readonly compare: Extract<Op, 'gt' | 'gte' | 'lt' | 'lte'> | undefined;
  readonly time: TimePart | undefined;
}

/** A modifier as it stands in a key. */
export interface WrittenModifier {
  readonly name: string;
  readonly span: Span;
}

/**
 * Checks a chain of modifiers and says what it means. Reports each unknown or impossible modifier; undefined where
 * there was one.
 */
export function readChain(written: readonly WrittenModifier[], report: Report): Chain | undefined {
  const known: (Modifier & { readonly span: Span })[] = [];
  let refusals = 0;
  const refuse = (code: string, message: string, span: Span): void => {
    refusals++;
    report.error(code, message, span);
  };
  for (const { name, span } of written) {
    const modifier = findModifier(name);
    if (!modifier) {
      const near = nearestModifier(name);
      refuse('sigma-unknown-modifier', `Unknown modifier "${name}"${near ? `; did you mean ${near}?` : ''}`, span);
    } else if (known.some((earlier) => earlier.name === modifier.name)) {
      report.warning('sigma-repeated-modifier', `The modifier ${modifier.name} stands twice`, span);
    } else {
      known.push({ ...modifier, span });
    }
  }
  known.forEach((modifier, index) => {
    const clash = known.slice(0, index).find((earlier) => !canFollow(earlier, modifier));
    if (clash) {
      refuse('sigma-modifier-chain', `The modifier ${modifier.name} cannot follow ${clash.name}`, modifier.span);
    }
    if (modifier.role === 'regex-flag' && !known.slice(0, index).some((earlier) => earlier.role === 'regex')) {
      refuse('sigma-modifier-chain', `The modifier ${modifier.name} must follow re`, modifier.span);
    }
  });
  if (refusals > 0) return undefined;
  const of = (role: Role): string | undefined => known.find((modifier) => modifier.role === role)?.name;
  const has = (name: string): boolean => known.some((modifier) => modifier.name === name);
  const flags = known.filter((modifier) => modifier.role === 'regex-flag').map((modifier) => modifier.name);
  return {
    native: written.map((modifier) => modifier.name).join('|'),
    place: of('place') as Place | undefined,
    all: has('all'),
    cased: has('cased'),
    negated: has('neq'),
    regexFlags: has('re') ? flags.sort().join('') : undefined,
    encodings: known.filter((modifier) => modifier.role === 'encode').map((modifier) => modifier.name as Encoding),
    windash: has('windash'),
    expand: has('expand'),
    type: of('type') as Chain['type'],
    compare: of('compare') as Chain['compare'],
    time: of('time') as TimePart | undefined,
  };
}

/** Roles that may stand together in one chain, whatever their order. */
const TOGETHER: Readonly<Record<Role, readonly Role[]>> = {
  place: ['link', 'case', 'negate', 'encode', 'text', 'type'],
  link: ['place', 'case', 'negate', 'regex', 'regex-flag', 'encode', 'text', 'type'],
  case: ['place', 'link', 'negate', 'regex', 'regex-flag', 'encode', 'text', 'type'],
  negate: ['place', 'link', 'case', 'regex', 'regex-flag', 'encode', 'text', 'type', 'compare', 'time'],
  regex: ['link', 'case', 'negate', 'regex-flag', 'text'],
  'regex-flag': ['link', 'case', 'negate', 'regex', 'regex-flag', 'text'],
  encode: ['place', 'link', 'case', 'negate', 'encode', 'text'],
  text: ['place', 'link', 'case', 'negate', 'regex', 'regex-flag', 'encode', 'text', 'type'],
  type: ['place', 'link', 'case', 'negate', 'text'],
  compare: ['negate', 'time'],
  time: ['negate', 'compare'],
};

function canFollow(earlier: Modifier, later: Modifier): boolean {
  if (!TOGETHER[earlier.role].includes(later.role)) return false;
  const pair = [earlier.name, later.name];
  if (earlier.role === 'encode' && later.role === 'encode') {
    // A text is first put into UTF-16, then into Base64; not twice the same.
    return !earlier.name.startsWith('base64') && later.name.startsWith('base64');
  }
  // A value is encoded before its place is said: Base64 of a wildcard has no meaning.
  if (earlier.role === 'place' && later.role === 'encode') return false;
  if (pair.includes('cased') && pair.includes('i')) return false;
  if (pair.includes('windash') && (pair.includes('re') || [earlier.role, later.role].includes('type'))) return false;
  if (pair.includes('windash') && [earlier.role, later.role].includes('encode')) return earlier.name === 'windash';
  if (earlier.role === 'type' || later.role === 'type') {
    const other = earlier.role === 'type' ? later : earlier;
    const type = earlier.role === 'type' ? earlier : later;
    if (other.role === 'place' || other.role === 'case') return type.name === 'fieldref';
    if (type.name === 'exists') return other.role === 'negate';
  }
  return true;
}

function nearestModifier(name: string): string | undefined {
  const wanted = name.toLowerCase();
  const alias: Readonly<Record<string, string>> = {
    regex: 're',
    regexp: 're',
    starts_with: 'startswith',
    ends_with: 'endswith',
    notequal: 'neq',
    ne: 'neq',
    ge: 'gte',
    le: 'lte',
    utf16offset: 'base64offset',
    in: 'contains',
  };
  if (Object.hasOwn(alias, wanted)) return alias[wanted];
  return SIGMA_MODIFIERS.map((modifier) => modifier.name).find(
    (known) => distance(wanted, known) <= Math.min(2, known.length >> 1),
  );
}

/** Levenshtein distance of two short words. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const change = (row[j] as number) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(change, (row[j + 1] as number) + 1, (next[j] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
