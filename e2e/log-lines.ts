/** A created process (Security 4688) on one of seven hosts, as a line of NDJSON of the kind that evtx_dump writes. */
export function processLine(record: number, program: number, atMs: number): string {
  return JSON.stringify({
    Event: {
      System: {
        Provider: { '#attributes': { Name: 'Microsoft-Windows-Security-Auditing' } },
        EventID: 4688,
        TimeCreated: { '#attributes': { SystemTime: new Date(atMs).toISOString() } },
        EventRecordID: record,
        Channel: 'Security',
        Computer: `HOST-${String(record % 7)}`,
      },
      EventData: { NewProcessName: `C:\\Tools\\p${String(program)}.exe`, CommandLine: `p${String(record)} --run` },
    },
  });
}
