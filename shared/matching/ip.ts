/** An address as 128 bits in four words; IPv4 is held as its mapped form ::ffff:a.b.c.d (RFC 4291, 2.5.5.2). */
export type Address = readonly [number, number, number, number];

export interface Network {
  readonly address: Address;
  /** 0 to 128, counted in the mapped form. */
  readonly prefix: number;
}

const V4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

function parseV4(text: string): number | undefined {
  const match = V4.exec(text);
  if (!match) return undefined;
  let value = 0;
  for (const part of match.slice(1)) {
    const byte = Number(part);
    if (byte > 255) return undefined;
    value = value * 256 + byte;
  }
  return value >>> 0;
}

/**
 * Reads an IPv4 or IPv6 address as logs write it: a zone (`%12`) and square brackets are dropped. Undefined for
 * anything else.
 */
export function parseAddress(written: string): Address | undefined {
  let text = written.trim().replace(/^\[(.*)\]$/, '$1');
  const v4 = parseV4(text);
  if (v4 !== undefined) return [0, 0, 0xffff, v4];
  text = text.replace(/%.*$/, '');
  if (!text.includes(':') || text.length > 45) return undefined;
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (tail) {
    const low = parseV4(tail[2] as string);
    if (low === undefined) return undefined;
    text = `${tail[1] as string}${(low >>> 16).toString(16)}:${(low & 0xffff).toString(16)}`;
  }
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const [head = [], rest = []] = groups;
  if ([...head, ...rest].some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const missing = 8 - head.length - rest.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const words = [...head, ...new Array<string>(missing).fill('0'), ...rest].map((group) => parseInt(group, 16));
  const word = (i: number): number => (((words[i] as number) << 16) | (words[i + 1] as number)) >>> 0;
  return [word(0), word(2), word(4), word(6)];
}

/** Reads `address/prefix`; an address alone is a network of one. Bits beyond the prefix don't count. */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.lastIndexOf('/');
  const written = slash < 0 ? text : text.slice(0, slash);
  const address = parseAddress(written);
  if (!address) return undefined;
  const isV4 = parseV4(written.trim()) !== undefined;
  if (slash < 0) return { address, prefix: 128 };
  const length = text.slice(slash + 1).trim();
  if (!/^\d{1,3}$/.test(length) || Number(length) > (isV4 ? 32 : 128)) return undefined;
  return { address, prefix: Number(length) + (isV4 ? 96 : 0) };
}

/** Whether an address is of a network. No IPv4 address is of a network of IPv6 addresses, not even of `::/0`. */
export function isInNetwork(address: Address, network: Network): boolean {
  if (network.prefix < 96 && address[0] === 0 && address[1] === 0 && address[2] === 0xffff) return false;
  for (let i = 0; i < 4; i++) {
    const bits = Math.min(Math.max(network.prefix - i * 32, 0), 32);
    if (bits === 0) return true;
    const mask = bits === 32 ? 0xffffffff : ~(0xffffffff >>> bits);
    if ((((address[i] as number) ^ (network.address[i] as number)) & mask) !== 0) return false;
  }
  return true;
}
