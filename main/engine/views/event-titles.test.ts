import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { projectRoot } from '../../testing/corpus.ts';
import { readEventTitles } from './event-titles.ts';

const content = join(projectRoot, 'rules');
const { events } = parse(readFileSync(join(content, 'mappings', 'event-titles.yaml'), 'utf8')) as {
  events: { channel: string; provider?: string; eventId: number; title: string; fields: string[] }[];
};

const countOf = (channel: string | RegExp, provider?: string): number =>
  events.filter(
    (event) =>
      (typeof channel === 'string' ? event.channel === channel : channel.test(event.channel)) &&
      (provider === undefined || event.provider === provider),
  ).length;

describe('the titles of event kinds', () => {
  it('cover every family that triage meets', () => {
    const sysmon = events.filter(({ channel }) => channel.includes('Sysmon')).map(({ eventId }) => eventId);
    expect(sysmon).toEqual([...Array.from({ length: 29 }, (_, i) => i + 1), 255]);
    const least: readonly [string, number, number][] = [
      ['Security', countOf('Security'), 90],
      ['services', countOf('System', 'Service Control Manager'), 10],
      ['PowerShell', countOf(/PowerShell/), 10],
      ['Task Scheduler', countOf(/TaskScheduler/), 12],
      ['WMI', countOf(/WMI-Activity/), 5],
      ['RDP', countOf(/TerminalServices|RdpCoreTS/), 12],
      ['Defender', countOf(/Windows Defender/), 20],
      ['BITS', countOf(/Bits-Client/), 6],
      ['WinRM', countOf(/WinRM/), 5],
      ['AppLocker', countOf(/AppLocker/), 12],
      ['firewall', countOf(/Firewall/), 5],
    ];
    for (const [family, count, wanted] of least) expect(count, family).toBeGreaterThanOrEqual(wanted);
    expect(events.length).toBeGreaterThanOrEqual(150);
  });

  it('are short, in sentence case, and name each kind once', () => {
    const kinds = events.map(({ channel, provider, eventId }) => JSON.stringify([channel, provider, eventId]));
    expect(kinds.filter((kind, i) => kinds.indexOf(kind) !== i)).toEqual([]);
    for (const { title, fields } of events) {
      expect(title).toMatch(/^[A-Z][^.]{2,51}$/);
      expect(new Set(fields).size, title).toBe(fields.length);
      expect(fields.length, title).toBeLessThanOrEqual(6);
    }
  });

  it('are found by channel and id, and by provider where a channel has several with that id', () => {
    const titles = readEventTitles(content);
    const of = (channel: string, provider: string, eventId: number) => titles.of({ channel, provider, eventId })?.title;
    expect(of('security', 'any', 4625)).toBe('Logon failed');
    expect(of('System', 'Microsoft-Windows-Kernel-General', 1)).toBe('System time changed');
    expect(of('System', 'Microsoft-Windows-Power-Troubleshooter', 1)).toBeUndefined();
    expect(of('Application', 'Application Error', 1000)).toBe('Program crashed');
    expect(of('Application', 'Microsoft-Windows-LoadPerf', 1000)).toBeUndefined();
    // A rule, or an export, may say no provider.
    expect(of('System', '', 7045)).toBe('Service installed');
    expect(of('System', '', 9999)).toBeUndefined();
  });
});
