/** Types of registry values as event 4657 writes them: a message's number, or its text where a tool has put that in. */
const TYPES: Readonly<Record<string, 'text' | 'dword' | 'qword' | 'binary'>> = {
  '%%1872': 'binary',
  REG_NONE: 'binary',
  '%%1873': 'text',
  REG_SZ: 'text',
  '%%1874': 'text',
  REG_EXPAND_SZ: 'text',
  '%%1875': 'binary',
  REG_BINARY: 'binary',
  '%%1876': 'dword',
  REG_DWORD: 'dword',
  '%%1880': 'binary',
  REG_RESOURCE_LIST: 'binary',
  '%%1881': 'binary',
  REG_FULL_RESOURCE_DESCRIPTOR: 'binary',
  '%%1882': 'binary',
  REG_RESOURCE_REQUIREMENTS_LIST: 'binary',
  '%%1883': 'qword',
  REG_QWORD: 'qword',
};

/**
 * The data of a registry value as Sysmon writes it in `Details`, for which rules are written, from the type and the text
 * of Windows' own event. Numbers are decimal there: 1 of REG_DWORD is `DWORD (0x00000001)`. Strings stay, an empty one
 * is `(Empty)`; lists of strings, of which Sysmon has no text, stay as well.
 */
export function registryData(type: string, text: string): string {
  const kind = TYPES[type.trim().toUpperCase()];
  if (kind === undefined) return text;
  switch (kind) {
    case 'binary':
      return 'Binary Data';
    case 'text':
      return text === '' ? '(Empty)' : text;
    case 'dword': {
      const digits = hexDigits(text, 8);
      return digits === undefined ? text : `DWORD (0x${digits})`;
    }
    case 'qword': {
      const digits = hexDigits(text, 16);
      return digits === undefined ? text : `QWORD (0x${digits.slice(0, 8)}-0x${digits.slice(8)})`;
    }
  }
}

/** A whole number, decimal or `0x…`, as so many hex digits; undefined where it is none, or larger. */
function hexDigits(text: string, count: number): string | undefined {
  if (!/^(?:\d{1,20}|0x[0-9a-f]{1,16})$/i.test(text)) return undefined;
  const digits = BigInt(text.toLowerCase()).toString(16).padStart(count, '0');
  return digits.length === count ? digits : undefined;
}
