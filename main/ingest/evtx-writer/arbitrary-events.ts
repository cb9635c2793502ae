import fc from 'fast-check';
import type { WriterEvent, WriterField, WriterValue } from './writer-event.ts';

const hex = (digits: number) => fc.stringMatching(new RegExp(`^[0-9A-F]{${digits}}$`));
const guid = fc.tuple(hex(8), hex(4), hex(4), hex(4), hex(12)).map((parts) => `{${parts.join('-')}}`);
const sid = fc
  .array(fc.integer({ min: 0, max: 0xffffffff }), { minLength: 1, maxLength: 8 })
  .map((parts) => `S-1-5-${parts.join('-')}`);
const time = fc.record({ us: fc.integer({ min: 0, max: 4e15 }), ns: fc.constantFrom(0, 100, 900) });
const name = fc.stringMatching(/^[A-Z][A-Za-z0-9]{0,12}$/);

/**
 * For tests: any event that the writer can write. @param options what the reader in question can give back: which
 * texts, and whether integers may be negative.
 */
export function arbitraryEvent(options: {
  readonly text: fc.Arbitrary<string>;
  readonly negative: boolean;
}): fc.Arbitrary<WriterEvent> {
  const { text, negative } = options;
  const value: fc.Arbitrary<WriterValue> = fc.oneof(
    fc.record({ type: fc.constant('string'), value: text }),
    fc.record({ type: fc.constant('int8'), value: fc.integer({ min: negative ? -128 : 0, max: 127 }) }),
    fc.record({ type: fc.constant('uint8'), value: fc.integer({ min: 0, max: 255 }) }),
    fc.record({ type: fc.constant('int16'), value: fc.integer({ min: negative ? -32768 : 0, max: 32767 }) }),
    fc.record({ type: fc.constant('uint16'), value: fc.integer({ min: 0, max: 65535 }) }),
    fc.record({ type: fc.constant('int32'), value: negative ? fc.integer() : fc.nat() }),
    fc.record({ type: fc.constantFrom('uint32', 'hex32'), value: fc.integer({ min: 0, max: 0xffffffff }) }),
    fc.record({ type: fc.constant('int64'), value: fc.bigInt(negative ? -(2n ** 63n) : 0n, 2n ** 63n - 1n) }),
    fc.record({ type: fc.constantFrom('uint64', 'hex64'), value: fc.bigInt(0n, 2n ** 64n - 1n) }),
    fc.record({ type: fc.constant('uint64'), value: fc.maxSafeNat() }),
    fc.record({ type: fc.constant('double'), value: fc.integer({ min: -999, max: 999 }).map((n) => n / 8) }),
    fc.record({ type: fc.constant('bool'), value: fc.boolean() }),
    fc.record({ type: fc.constant('binary'), value: fc.uint8Array({ minLength: 1, maxLength: 40 }) }),
    fc.record({ type: fc.constant('guid'), value: guid }),
    fc.record({ type: fc.constant('sid'), value: sid }),
    fc.record({ type: fc.constant('filetime'), value: time }),
    fc.constant({ type: 'null' }),
  );
  const field: fc.Arbitrary<WriterField> = fc
    .tuple(value, fc.option(name, { nil: undefined }))
    .map(([content, label]) => (label === undefined ? content : { ...content, name: label }));

  return fc.record(
    {
      provider: fc.oneof(
        fc.record({ name, guid }),
        fc.record({ name }),
        fc.record({ name, guid, eventSourceName: name }),
      ),
      channel: fc.constantFrom('Security', 'System', 'A/Operational'),
      computer: fc.constantFrom('one.example.test', 'two.example.test'),
      eventId: fc.integer({ min: 0, max: 65535 }),
      time,
      qualifiers: fc.integer({ min: 0, max: 65535 }),
      version: fc.integer({ min: 0, max: 255 }),
      level: fc.integer({ min: 0, max: 255 }),
      task: fc.integer({ min: 0, max: 65535 }),
      keywords: fc.bigInt(0n, 2n ** 64n - 1n).map((bits) => `0x${bits.toString(16).padStart(16, '0')}`),
      processId: fc.integer({ min: 0, max: 0xffffffff }),
      activityId: guid,
      userSid: sid,
      data: fc.array(field, { maxLength: 12 }),
      binary: fc.uint8Array({ minLength: 1, maxLength: 20 }),
    },
    { requiredKeys: ['provider', 'channel', 'computer', 'eventId', 'time'] },
  );
}
