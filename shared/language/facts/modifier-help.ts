import { readChain, SIGMA_MODIFIERS, type Modifier } from '../../catalog/dialects/sigma/modifiers.ts';
import { Report } from '../../catalog/diagnostics.ts';

/** One line that shows each modifier at work. */
const EXAMPLES: Readonly<Record<string, string>> = {
  contains: "CommandLine|contains: ' -R '",
  startswith: "TargetObject|startswith: 'HKLM\\System\\'",
  endswith: "Image|endswith: '\\ssh.exe'",
  all: "CommandLine|contains|all:\n    - ' -R '\n    - ':3389'",
  cased: "QueryName|contains|cased: 'AAAA'",
  neq: "User|neq: 'SYSTEM'",
  re: "CommandLine|re: '-R \\d+:localhost:3389'",
  i: "CommandLine|re|i: 'tunnel +run'",
  m: "ScriptBlockText|re|m: '^iex '",
  s: "ScriptBlockText|re|s: 'begin.*end'",
  base64: "CommandLine|base64|contains: 'cmd /c'",
  base64offset: "CommandLine|base64offset|contains: 'http://'",
  wide: "CommandLine|wide|base64offset|contains: 'IEX'",
  utf16le: "CommandLine|utf16le|base64offset|contains: 'IEX'",
  utf16be: "Data|utf16be|base64offset|contains: 'IEX'",
  utf16: "Data|utf16|base64|contains: 'IEX'",
  windash: "CommandLine|windash|contains: ' -config '",
  expand: "User|expand: '%administrators%'",
  cidr: 'DestinationIp|cidr: 10.0.0.0/8',
  fieldref: 'SubjectUserName|fieldref: TargetUserName',
  exists: 'ParentCommandLine|exists: false',
  gt: 'DestinationPort|gt: 1023',
  gte: 'DestinationPort|gte: 49152',
  lt: 'SourcePort|lt: 1024',
  lte: 'SourcePort|lte: 1023',
  minute: 'UtcTime|minute: 0',
  hour: 'UtcTime|hour|gte: 22',
  day: 'UtcTime|day: 1',
  week: 'UtcTime|week: 1',
  month: 'UtcTime|month: 12',
  year: 'UtcTime|year: 2025',
};

export const MODIFIER_NAMES: readonly string[] = SIGMA_MODIFIERS.map((modifier) => modifier.name);

/** Markdown on a modifier: what it does, and an example; undefined where there is no such modifier. */
export function modifierHelp(name: string): string | undefined {
  const modifier = SIGMA_MODIFIERS.find((each) => each.name === name.toLowerCase());
  if (!modifier) return undefined;
  const example = EXAMPLES[modifier.name];
  return example === undefined ? modifier.doc : `${modifier.doc}\n\n\`\`\`sigma\n${example}\n\`\`\``;
}

/** Modifiers that may stand between those before and after, by the reader's own rules. */
export function legalModifiers(before: readonly string[], after: readonly string[]): readonly Modifier[] {
  const written = (names: readonly string[]) =>
    names.filter((name) => name !== '').map((name) => ({ name, span: { start: 0, end: 0 } }));
  return SIGMA_MODIFIERS.filter((modifier) => {
    if (before.includes(modifier.name) || after.includes(modifier.name)) return false;
    return readChain(written([...before, modifier.name, ...after]), new Report()) !== undefined;
  });
}
