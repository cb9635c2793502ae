import { LEVELS, type Level } from '../../../model/severity.ts';
import { entryOf, type YamlMap, type YamlNode } from '../../yaml/tree.ts';

export function textOf(map: YamlMap, key: string): string {
  const value = entryOf(map, key)?.value;
  return value?.kind === 'scalar' && value.type !== 'null' ? value.text.trim() : '';
}

/** The texts of a list, or of one scalar in its place. */
export function listOf(map: YamlMap, key: string): string[] {
  const value = entryOf(map, key)?.value;
  if (!value) return [];
  const items: readonly YamlNode[] = value.kind === 'list' ? value.items : [value];
  return items.flatMap((item) =>
    item.kind === 'scalar' && item.type !== 'null' && item.text !== '' ? [item.text] : [],
  );
}

export function mapOf(map: YamlMap, key: string): YamlMap | undefined {
  const value = entryOf(map, key)?.value;
  return value?.kind === 'map' ? value : undefined;
}

/** Splunk's types say what becomes of a hit: a finding of its own, one that adds to a risk, or one to look through. */
const LEVEL_OF_TYPE: Readonly<Record<string, Level>> = {
  ttp: 'high',
  correlation: 'high',
  anomaly: 'medium',
  hunting: 'low',
  baseline: 'informational',
};

/** `severity` where the rule gives one, else the level that its type stands for. */
export function readLevel(severity: string, type: string): Level {
  return LEVELS.find((level) => level === severity.toLowerCase()) ?? LEVEL_OF_TYPE[type.toLowerCase()] ?? 'medium';
}

const TECHNIQUE = /^T\d{4}(?:\.\d{3})?$/;

export function techniquesOf(tags: readonly string[]): string[] {
  return [...new Set(tags.map((tag) => tag.trim().toUpperCase()).filter((tag) => TECHNIQUE.test(tag)))];
}

/** Which platform a data source or a source macro speaks of, by how the repository names them. */
const PLATFORM_NAMES: readonly (readonly [RegExp, string])[] = [
  [
    /^sysmon (?:eventid|event id)\b|^windows |^wineventlog|^powershell|^ntlm|^xmlwineventlog|^sysmon$|^active directory/i,
    'windows',
  ],
  [
    /^(?:printservice|applocker|certificateservices|capi2|ntlm_audit|admon|wmi$|ms_defender|exchange|msexchange)/i,
    'windows',
  ],
  [/^(?:remoteconnectionmanager|bootloader_inventory|driverinventory|iis_|subjectinterfacepackage)/i, 'windows'],
  [/linux|auditd/i, 'linux'],
  [/^osquery|macos/i, 'macos'],
  [/\baws\b|^asl\b|cloudtrail|amazon|^s3_|^cloudwatch|^aws_/i, 'aws'],
  [/azure|entra/i, 'azure'],
  [/^o365|^office 365|^universal audit/i, 'm365'],
  [/google|^gcp|^g suite|^gsuite|^gws/i, 'gcp'],
  [/kube/i, 'kubernetes'],
  [/^okta/i, 'okta'],
  [/^github/i, 'github'],
];

/** Folders of the repository that name a platform themselves; endpoint does not. */
const FOLDERS = new Set(['cloud', 'network', 'web', 'application']);

/**
 * Platforms of a rule: those that its data sources and source macros name, else the folder that it stands in.
 * @param path of the file, as much of it as is known.
 */
export function platformsOf(names: readonly string[], path: string): string[] {
  const found = new Set<string>();
  for (const name of names) {
    for (const [pattern, platform] of PLATFORM_NAMES) {
      if (pattern.test(name)) found.add(platform);
    }
  }
  if (found.size > 0) return [...found].sort();
  const folder = path.split(/[\\/]/).find((part) => FOLDERS.has(part));
  return folder === undefined ? [] : [folder];
}
