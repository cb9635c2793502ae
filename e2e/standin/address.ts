/**
 * A plain Chromium knows no `app:` scheme, so a page at `app://workbench/x` is served at
 * `https://app.standin.test/x` (`.test` is reserved: it never resolves). The program only ever sees the former.
 */
const SUFFIX = '.standin.test';

/** `app://workbench/x` to the address that Chromium loads. */
export function toBrowser(address: string): string {
  const url = new URL(address);
  return `https://${url.protocol.slice(0, -1)}${SUFFIX}${url.pathname}${url.search}${url.hash}`;
}

/** The other way; an address of somewhere else stays as it is. */
export function toProgram(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== 'https:' || !url.hostname.endsWith(SUFFIX)) return address;
  return `${url.hostname.slice(0, -SUFFIX.length)}://workbench${url.pathname}${url.search}${url.hash}`;
}

/** The scheme that an address belongs to, where the stand-in serves it. */
export function servedScheme(address: string): string | undefined {
  const mapped = toProgram(address);
  return mapped === address ? undefined : new URL(mapped).protocol.slice(0, -1);
}
