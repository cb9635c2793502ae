/**
 * Platform of a table, by what writes to it. Defender's device tables hold other systems' events too, but rules over
 * them are about Windows unless they say otherwise.
 */
const PLATFORMS: readonly (readonly [RegExp, string])[] = [
  [/^Device(?:Process|Network|File|Registry|ImageLoad|Logon)?Events$|^Device(?:Info|FileCertificateInfo)$/, 'windows'],
  [
    /^(?:SecurityEvent|WindowsEvent|Event|Sysmon|WindowsFirewall|DnsEvents)$|^Identity(?:Logon|Query|Directory)Events$/,
    'windows',
  ],
  [/^(?:Syslog|LinuxAuditLog)$/, 'linux'],
  [/^(?:SigninLogs|AuditLogs|AAD\w+|EntraId\w+|Azure\w+|MicrosoftGraphActivityLogs|GraphAPIAuditEvents)$/, 'azure'],
  [/^(?:OfficeActivity|CloudAppEvents|Email\w+|UrlClickEvents|MessageEvents)$/, 'm365'],
  [/^AWS\w+$/, 'aws'],
  [/^GCP\w+$/, 'gcp'],
];

export function platformsOfTables(tables: readonly string[]): string[] {
  const found = tables.flatMap((table) => PLATFORMS.filter(([pattern]) => pattern.test(table)).map(([, name]) => name));
  return [...new Set(found)].sort();
}
