/** The language worker's thread: takes `CheckRequest`, gives `CheckAnswer`. */
import techniques from '../../../../rules/mappings/attack-techniques.tsv?raw';
import canonicalFields from '../../../../rules/mappings/canonical-fields.yaml?raw';
import catalogEvents from '../../../../rules/mappings/catalog-events.yaml?raw';
import logsources from '../../../../rules/mappings/logsources.yaml?raw';
import runEvents from '../../../../rules/mappings/run-events.yaml?raw';
import { readLogsources } from '../../../../shared/catalog/logsource.ts';
import { readEventMap } from '../../../../shared/catalog/normalise/event-map.ts';
import { readFieldTable } from '../../../../shared/catalog/normalise/field-table.ts';
import { readRunEvents } from '../../../../shared/catalog/run/run-events.ts';
import type { RunMappings } from '../../../../shared/catalog/run/runnable.ts';
import { readTechniques } from '../../../../shared/language/facts/knowledge.ts';
import type { CheckRequest } from './language-protocol.ts';
import { answer } from './language-server.ts';

let known: RunMappings | undefined;
const mappings = (): RunMappings =>
  (known ??= {
    fields: readFieldTable(canonicalFields),
    events: readEventMap(catalogEvents, readLogsources(logsources)),
    run: readRunEvents(runEvents),
  });
const context = { techniques: readTechniques(techniques), mappings };

self.onmessage = (event: MessageEvent<CheckRequest>) => {
  self.postMessage(answer(event.data, context, () => performance.now()));
};
