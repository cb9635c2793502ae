/** Numbers, sizes and times in words, one way everywhere. */

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const ONE_DIGIT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** `48,210`. */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** `1 event`, `2 events`, `48,210 events`; `plural` where adding an s is wrong. */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

/** A size in bytes as `532 B`, `1.2 KB`, `64 MB` (powers of 1024). */
export function bytes(value: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let size = value;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  const shown = size < 100 && unit > 0 ? ONE_DIGIT.format(size) : WHOLE.format(size);
  return `${shown} ${units[unit] ?? ''}`;
}

/** A length of time in microseconds in its two largest units: `2 d 3 h`, `5 min`, `1.5 s`, `12 ms`. */
export function duration(us: number): string {
  const seconds = Math.abs(us) / 1e6;
  if (seconds < 1e-3) return `${WHOLE.format(Math.abs(us))} µs`;
  if (seconds < 1) return `${ONE_DIGIT.format(seconds * 1000)} ms`;
  if (seconds < 60) return `${ONE_DIGIT.format(seconds)} s`;
  const parts: [number, string][] = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ];
  let rest = Math.round(seconds);
  const words: string[] = [];
  for (const [size, unit] of parts) {
    const n = Math.floor(rest / size);
    rest -= n * size;
    if (n > 0) words.push(`${WHOLE.format(n)} ${unit}`);
    if (words.length === 2 || (words.length === 1 && n === 0)) break;
  }
  return words.join(' ');
}

/** An ISO time as the grid shows it: date, blank, time with every digit; the zone stands in the header. */
export function gridTime(iso: string): string {
  return iso.replace('T', ' ').replace(/Z$/, '');
}

/** Microseconds since the epoch as `2024-05-01 08:15:02`, with as many fractional digits as asked (0, 3 or 6). */
export function utcTime(us: number, digits: 0 | 3 | 6 = 0): string {
  const ms = Math.floor(us / 1000);
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return '';
  const whole = date
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, '');
  if (digits === 0) return whole;
  const micros = String(us - Math.floor(us / 1e6) * 1e6).padStart(6, '0');
  return `${whole}.${micros.slice(0, digits)}`;
}

/** Short name of a channel: `Microsoft-Windows-Sysmon/Operational` is `Sysmon`. */
export function shortChannel(channel: string): string {
  const [path = '', log] = channel.split('/');
  const name = path.replace(/^Microsoft-Windows-/, '').replace(/-/g, ' ');
  return log === undefined || log === 'Operational' ? name : `${name}/${log}`;
}

/** The host's own name of a fully qualified one: `ws-07.corp.example` is `ws-07`. Addresses stay whole. */
export function shortHost(computer: string): string {
  return /^[\d.]+$/.test(computer) || computer.includes(':') ? computer : (computer.split('.')[0] ?? computer);
}
