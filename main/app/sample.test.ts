import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { contentFolder, openWorkbench } from '../testing/workbench-threads.ts';

interface Manifest {
  readonly totalEvents: number;
  /** By rule id. */
  readonly hits: Readonly<Record<string, readonly { readonly file: string; readonly recordId: number }[]>>;
}

/**
 * Starter rules of other vendors, and the Sigma rule that looks for the same: each must hit the same records.
 */
const SIBLINGS: Readonly<Record<string, readonly string[]>> = {
  // Splunk: SSH client port forward; the two OpenSSH rules and the one on plink together.
  '79bf4dee-2739-4524-ae7d-de043781e73a': [
    'aa17b403-b62a-48e9-b756-3f164d101efd',
    '9c74ac52-7057-4631-bb73-14cb450b98ce',
    '896275b1-29d8-48ff-a72a-b847933f6281',
  ],
  // Splunk: remote desktop service with a loopback peer.
  '16d8075e-c847-49c5-a88a-f17a142b407b': ['57887fec-1285-4c55-a596-c3d75396a698'],
  // Kusto and Splunk: remote interactive logon from loopback.
  'a6438b3f-a5d7-486a-acd2-6ddb49f53eb4': ['b9d27be4-5276-425a-aa11-c4e6eef5cada'],
  'cc797323-69a1-451b-b251-a3bdce11d8b5': ['b9d27be4-5276-425a-aa11-c4e6eef5cada'],
  // Kusto: start of a tunnelling service's client.
  '9c401572-fa56-4a81-8280-c3fd552854aa': ['3c5b856a-1bbd-4f9c-bb75-baf39adccc1a'],
  // Splunk: tunnelling service name query.
  'd7f9ec9c-d1f2-45de-a347-f0fdef0101f5': ['251e65f7-5150-43bb-8805-8c1e6f027e83'],
  // Kusto: connection to a public tunnelling service.
  '79b508dd-39cd-473b-9cf8-92724ca873a7': ['10b06386-60f6-4dc4-b07a-1dc5bafe5fca'],
  // Elastic: port proxy written to the registry.
  '2267b4c1-accf-44f7-8d3c-ae0ea133c033': ['b89b8f7b-5e54-4336-ae92-b2531bf91d3e'],
  // Splunk: nslookup with a long first label.
  'acc8a03d-17a0-49b9-91a4-79d12a8c7083': ['962e39dd-9fc6-4943-847f-78ad0dc03fc7'],
};

const SYSMON = 'Microsoft-Windows-Sysmon%4Operational.evtx';
/**
 * Starter rules with no Sigma rule beside them, and what the events say of each; `file record`. Read from the events by
 * a few lines without the matcher.
 */
const ALONE: Readonly<Record<string, readonly string[]>> = {
  // Elastic, sequence: completed once, by the logon four seconds after plink reached port 3389 of its own host (33814
  // to 33816); the other two logons of its kind have no such connection before them.
  'e9c3e009-9251-4692-a377-2cdd4656aaaa': ['WS-0141/Security.evtx 35222'],
  // Elastic: a tunnel client with `tcp`; the renamed copy has neither its name nor its original name.
  '1d73c1d8-1e41-4bbd-adbb-5b6869a8c474': [`SRV-FILE01/${SYSMON} 72256`],
  // Elastic, new terms: three accounts forward a port, one of them from an editor, which the rule leaves out.
  'c4dbe1d7-c259-4ad4-b61b-237ffb04e628': ['JUMP01.ndjson 15616', `WS-0141/${SYSMON} 33801`],
  // Elastic, STATS: the twentieth distinct query within half an hour; one at 09:11 is too far back.
  '74eace79-d0ac-4eaa-991b-9faf7f8d15be': ['WS-0157-winlogbeat.ndjson 77207'],
  // Elastic, threshold: four such lookups, and ten are asked for.
  'c46e96c4-4bfb-4823-a20e-adaedb373225': [],
  // Kusto: two by ssh, one by plink, and the port proxy.
  '084d4c9c-cfe0-4c74-a62e-2d69c70e9ffe': [
    'JUMP01.ndjson 15706',
    'JUMP01.ndjson 15713',
    `WS-0141/${SYSMON} 33801`,
    `SRV-FILE01/${SYSMON} 72272`,
  ],
};

it('the starter rules of all vendors hit the sample incident exactly where its generator says', async () => {
  const manifest = JSON.parse(
    readFileSync(join(contentFolder, 'samples', 'tunnel-incident.manifest.json'), 'utf8'),
  ) as Manifest;
  const workbench = await openWorkbench();
  const found: string[] = [];
  const result = await workbench.scan({
    logs: [{ path: join(contentFolder, 'samples', 'tunnel-incident'), name: 'sample' }],
    rules: [{ path: join(contentFolder, 'starter'), name: 'starter' }],
    options: {},
    signal: new AbortController().signal,
    onHits: (hits) => {
      for (const { ruleId, file, recordId } of hits) found.push(`${ruleId} ${file} ${recordId}`);
    },
  });
  expect(result).toMatchObject({
    ok: true,
    value: { totals: { events: manifest.totalEvents, damaged: 0 } },
  });
  const notRun = result.ok ? result.value.rules.notRun : [];
  expect(notRun).toEqual([]);
  const recordsOf = (id: string): string[] =>
    (manifest.hits[id] ?? []).map(({ file, recordId }) => `sample/${file} ${recordId}`);
  const sigma = Object.keys(manifest.hits).flatMap((id) => recordsOf(id).map((record) => `${id} ${record}`));
  const others = Object.entries(SIBLINGS).flatMap(([id, siblings]) =>
    siblings.flatMap(recordsOf).map((record) => `${id} ${record}`),
  );
  const alone = Object.entries(ALONE).flatMap(([id, records]) => records.map((record) => `${id} sample/${record}`));
  const wanted = [...sigma, ...others, ...alone];
  expect(wanted.length).toBeGreaterThan(0);
  expect(found.sort()).toEqual(wanted.sort());

  // The window's way: the same incident and rules in a case.
  await workbench.handlers['rules.loadStarter']({});
  await workbench.handlers['sample.open']({});
  await workbench.idle();
  const distinct = new Set(wanted.map((hit) => hit.slice(hit.indexOf(' ')))).size;
  expect(await workbench.handlers['case.summary']({})).toMatchObject({
    value: {
      events: manifest.totalEvents,
      rulesLoaded: Object.keys(manifest.hits).length + Object.keys({ ...SIBLINGS, ...ALONE }).length,
      rulesNotRun: 0,
      hitEvents: distinct,
    },
  });
  await workbench.close();
});
