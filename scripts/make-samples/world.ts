/** Who and what there is. Names, domains and outside addresses are made up (RFC 2606 and RFC 5737 ranges). */

export interface User {
  readonly name: string;
  /** NetBIOS domain, or the authority of a built-in account. */
  readonly domain: string;
  readonly sid: string;
}

export interface Host {
  readonly name: string;
  readonly fqdn: string;
  readonly ip: string;
  /** First four bytes of every ProcessGuid that Sysmon makes on this host. */
  readonly machineId: string;
  readonly output: 'evtx' | 'ndjson' | 'ecs';
}

export const DOMAIN = 'HARBORLINE';
export const DNS_DOMAIN = 'harborline.example';
const DOMAIN_SID = 'S-1-5-21-1894622340-2716500417-3381970254';

const user = (name: string, rid: number): User => ({ name, domain: DOMAIN, sid: `${DOMAIN_SID}-${rid}` });
const host = (name: string, ip: string, machineId: string, output: Host['output']): Host => ({
  name,
  fqdn: `${name}.${DNS_DOMAIN}`,
  ip,
  machineId,
  output,
});

export const SYSTEM: User = { name: 'SYSTEM', domain: 'NT AUTHORITY', sid: 'S-1-5-18' };
export const LOCAL_SERVICE: User = { name: 'LOCAL SERVICE', domain: 'NT AUTHORITY', sid: 'S-1-5-19' };
export const NETWORK_SERVICE: User = { name: 'NETWORK SERVICE', domain: 'NT AUTHORITY', sid: 'S-1-5-20' };

export const USERS = {
  orlova: user('m.orlova', 1141),
  becker: user('t.becker', 1157),
  admin: user('adm.nkosi', 1120),
  backup: user('svc-backup', 1131),
} as const;

export const HOSTS = {
  victim: host('WS-0141', '10.20.4.41', '5c1d07b2', 'evtx'),
  developer: host('WS-0157', '10.20.4.57', 'a94e3c10', 'ecs'),
  server: host('SRV-FILE01', '10.20.1.20', '17f2bb48', 'evtx'),
  controller: host('DC01', '10.20.1.10', 'd803915e', 'evtx'),
  jump: host('JUMP01', '10.20.2.5', '6e2af4c9', 'ndjson'),
} as const;

/** The attacker's side. */
export const ATTACKER = {
  delivery: { name: 'files.parcel-portal.example', ip: '203.0.113.45' },
  beacon: { name: 'status.parcel-portal.example', ip: '203.0.113.46' },
  relay: { name: 'relay.cachesync.example', ip: '203.0.113.61' },
  ssh: { name: 'edge.cachesync.example', ip: '198.51.100.77' },
  dnsZone: 'x1.cachesync.example',
  ngrok: { name: 'connect.ngrok-agent.com', ip: '192.0.2.184' },
  ngrokTunnel: { name: 'tunnel.us.ngrok.com', ip: '192.0.2.185' },
} as const;

/**
 * Microseconds since the epoch, UTC, of a time of day ("09:12:30") on day 1 (Tuesday 10 March 2026) or 2, with a
 * fraction of a second made from the text.
 */
export function at(day: 1 | 2, time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  let fraction = day;
  for (const digit of time) fraction = (fraction * 7919 + digit.charCodeAt(0)) % 1_000_000;
  return Date.UTC(2026, 2, 9 + day, hours, minutes, seconds) * 1000 + fraction;
}

export const SECOND = 1_000_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
