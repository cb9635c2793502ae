import type { WriterEvent, WriterField, WriterValue } from '../../evtx-writer/writer-event.ts';

/** For tests: one value of each type that the writer knows, and the text that we make of it. */
export const VALUES: readonly { readonly value: WriterValue; readonly text: string | undefined }[] = [
  { value: { type: 'null' }, text: undefined },
  { value: { type: 'string', value: '' }, text: '' },
  { value: { type: 'string', value: 'plain' }, text: 'plain' },
  { value: { type: 'string', value: 'Zoë — 東京 🛡' }, text: 'Zoë — 東京 🛡' },
  { value: { type: 'string', value: 'a\ud800b' }, text: 'a\ufffdb' },
  { value: { type: 'string', value: '443' }, text: '443' },
  { value: { type: 'string', value: '0x3e7' }, text: '0x3e7' },
  { value: { type: 'string', value: '007' }, text: '007' },
  { value: { type: 'int8', value: -5 }, text: '-5' },
  { value: { type: 'uint8', value: 255 }, text: '255' },
  { value: { type: 'int16', value: -32768 }, text: '-32768' },
  { value: { type: 'uint16', value: 65535 }, text: '65535' },
  { value: { type: 'int32', value: -1 }, text: '-1' },
  { value: { type: 'uint32', value: 4294967295 }, text: '4294967295' },
  { value: { type: 'int64', value: -9223372036854775808n }, text: '-9223372036854775808' },
  { value: { type: 'uint64', value: 18446744073709551615n }, text: '18446744073709551615' },
  { value: { type: 'hex32', value: 0xdeadbeef }, text: '0xdeadbeef' },
  { value: { type: 'hex64', value: 0x3e7 }, text: '0x3e7' },
  { value: { type: 'hex64', value: 0x8020000000000000n }, text: '0x8020000000000000' },
  { value: { type: 'float', value: 0.1 }, text: '0.1' },
  { value: { type: 'double', value: 1e300 }, text: '1e+300' },
  { value: { type: 'bool', value: true }, text: 'true' },
  { value: { type: 'bool', value: false }, text: 'false' },
  { value: { type: 'binary', value: Uint8Array.of(0, 0xab, 0xff) }, text: '00ABFF' },
  {
    value: { type: 'guid', value: '{5770385f-c22a-43e0-bf4c-06f5698ffbd9}' },
    text: '{5770385F-C22A-43E0-BF4C-06F5698FFBD9}',
  },
  { value: { type: 'sid', value: 'S-1-5-21-1-2-3-1104' }, text: 'S-1-5-21-1-2-3-1104' },
  { value: { type: 'filetime', value: { us: 1_700_000_000_123_456, ns: 700 } }, text: '2023-11-14T22:13:20.1234567Z' },
];

/** Events of several shapes: named data, unnamed data with an array, user data, none. */
export function sampleEvents(count: number): WriterEvent[] {
  return Array.from({ length: count }, (_, i): WriterEvent => {
    const common = {
      channel: 'Sample/Operational',
      computer: `HOST-${i % 3}`,
      time: { us: 1_700_000_000_000_000 + i * 1_234_567, ns: (i % 10) * 100 },
      processId: 4 + i,
      threadId: 8,
    };
    const guid = '{11111111-2222-3333-4444-555555555555}';
    switch (i % 4) {
      case 0: {
        const data = VALUES.map(({ value }, n): WriterField => ({ ...value, name: `Field${n}` }));
        return { ...common, provider: { name: 'Typed', guid }, eventId: 1, version: 2, level: 4, data };
      }
      case 1: {
        const data: WriterField[] = [{ type: 'strings', value: ['first', '', `third ${i}`] }];
        return { ...common, provider: { name: 'Classic' }, eventId: 7, qualifiers: 16384, data };
      }
      case 2: {
        const data: WriterField[] = [{ name: 'param1', type: 'string', value: `u${i}` }];
        const userData = { root: 'Payload', namespace: 'urn:x' };
        return { ...common, provider: { name: 'User', guid }, eventId: 9, data, userData, userSid: 'S-1-5-18' };
      }
      default:
        return { ...common, provider: { name: 'Bare', guid }, eventId: 3, activityId: guid };
    }
  });
}
