/** Tactics in the order of an attack (ATT&CK's Enterprise matrix). */
export const TACTICS: readonly (readonly [name: string, title: string])[] = [
  ['reconnaissance', 'Reconnaissance'],
  ['resource-development', 'Resource development'],
  ['initial-access', 'Initial access'],
  ['execution', 'Execution'],
  ['persistence', 'Persistence'],
  ['privilege-escalation', 'Privilege escalation'],
  ['defense-evasion', 'Defense evasion'],
  ['credential-access', 'Credential access'],
  ['discovery', 'Discovery'],
  ['lateral-movement', 'Lateral movement'],
  ['collection', 'Collection'],
  ['command-and-control', 'Command and control'],
  ['exfiltration', 'Exfiltration'],
  ['impact', 'Impact'],
];

const TITLES: ReadonlyMap<string, string> = new Map(TACTICS);

/** A tactic's name in words. */
export function tacticTitle(name: string): string {
  return TITLES.get(name) ?? name;
}
