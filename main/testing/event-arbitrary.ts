import fc from 'fast-check';
import type { MadeEvent } from './make-events.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('', 'C:\\Windows\\cmd.exe', 'c:\\windows\\CMD.EXE', '0x3e7', '443', '007', '\0', "'--", '=1+1'),
  fc.nat().map(String),
);

/** Events of few kinds and hosts, with fields and values that meet again, and awkward ones among them. */
export const madeEvent: fc.Arbitrary<MadeEvent> = fc.record({
  channel: fc.constantFrom('Microsoft-Windows-Sysmon/Operational', 'Security', 'Odd "channel"; --', ''),
  provider: fc.constantFrom('Microsoft-Windows-Sysmon', 'Other'),
  eventId: fc.constantFrom(1, 3, 4624, undefined),
  computer: fc.constantFrom('WS-01', 'ws-01', 'DC-01', ''),
  timeUs: fc.option(fc.integer({ min: -5_000_000, max: 5_000_000 }), { nil: undefined, freq: 6 }),
  recovered: fc.boolean(),
  data: fc
    .dictionary(
      fc.constantFrom('Image', 'image', 'CommandLine', 'time', 'Data', 'Data[2]', 'a"b', 'System.UserID', 'x\0y'),
      text,
      { maxKeys: 6 },
    )
    // A second occurrence comes after a first.
    .map((data) => ('Data[2]' in data ? { Data: data.Data ?? '', ...data } : data)),
});
