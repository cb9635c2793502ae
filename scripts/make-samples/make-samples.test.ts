import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { makeSample, run, SAMPLE_FOLDER } from './index.ts';
import { play } from './scenario.ts';
import { RULES } from './rule-ids.ts';
import { SYSMON_CHANNEL } from './channels/sysmon.ts';

const root = join(import.meta.dirname, '..', '..');
const { files, manifest } = makeSample();

/** The text of a field of every Sysmon process event, by event id. */
function sysmonEvents(eventId: number) {
  return play().flatMap(({ recorder, host }) =>
    recorder.events
      .filter(({ event }) => event.channel === SYSMON_CHANNEL && event.eventId === eventId)
      .map(({ event }) => {
        const text = (name: string) => {
          const field = event.data?.find((candidate) => candidate.name === name);
          return field && 'value' in field && typeof field.value !== 'object' ? String(field.value) : '';
        };
        return { host: host.name, timeUs: event.time.us, text };
      }),
  );
}

describe('the sample incident', () => {
  it('in the project is what the generator makes, byte for byte', () => {
    run(['--check'], root);
    const listed = files.map(({ name }) => name).sort();
    const there = readdirSync(join(root, SAMPLE_FOLDER), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(root, SAMPLE_FOLDER).length + 1))
      .map((path) => path.replaceAll('\\', '/'))
      .sort();
    expect(there).toEqual(listed);
  });

  it('is of the size that was promised', () => {
    expect(manifest.totalEvents).toBeGreaterThan(4500);
    expect(manifest.totalEvents).toBeLessThan(5500);
    const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
    expect(bytes).toBeLessThan(6_000_000);
  });

  it('numbers records without gaps, and names only records that are there', () => {
    for (const file of files) {
      const last = file.firstRecordId + file.events - 1;
      for (const id of [...file.incident, ...file.hits.map((hit) => hit.recordId)]) {
        expect(id).toBeGreaterThanOrEqual(file.firstRecordId);
        expect(id).toBeLessThanOrEqual(last);
      }
    }
  });

  it('expects hits of the starter rules that there are', () => {
    const folder = join(root, 'rules', 'starter', 'sigma');
    const rules = readdirSync(folder).map((name) => parse(readFileSync(join(folder, name), 'utf8')) as { id: string });
    const ids = new Set(rules.map(({ id }) => id));
    expect(ids.size).toBe(10);
    for (const id of Object.values(RULES)) expect(ids).toContain(id);
    expect(Object.keys(manifest.hits).sort()).toEqual([...ids].sort());
  });

  it('has a process tree: one start for each GUID, parents before their children, ends after starts', () => {
    const starts = new Map<string, { timeUs: number; text: (name: string) => string }>();
    for (const start of sysmonEvents(1)) {
      expect(starts.has(start.text('ProcessGuid'))).toBe(false);
      starts.set(start.text('ProcessGuid'), start);
    }
    let linked = 0;
    for (const child of starts.values()) {
      const parent = starts.get(child.text('ParentProcessGuid'));
      if (!parent) continue;
      linked++;
      expect(parent.text('ProcessId')).toBe(child.text('ParentProcessId'));
      expect(parent.text('Image')).toBe(child.text('ParentImage'));
      expect(parent.text('CommandLine')).toBe(child.text('ParentCommandLine'));
      expect(parent.timeUs).toBeLessThan(child.timeUs);
    }
    expect(linked).toBeGreaterThan(300);
    for (const end of sysmonEvents(5)) {
      const start = starts.get(end.text('ProcessGuid'));
      if (start) expect(end.timeUs).toBeGreaterThan(start.timeUs);
    }
  });
});
