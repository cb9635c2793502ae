/** The language worker's thread: takes `CheckRequest`, gives `CheckAnswer`. */
import techniques from '../../../../rules/mappings/attack-techniques.tsv?raw';
import { readTechniques } from '../../../../shared/language/facts/knowledge.ts';
import type { CheckRequest } from './language-protocol.ts';
import { answer } from './language-server.ts';

const knowledge = { techniques: readTechniques(techniques) };

self.onmessage = (event: MessageEvent<CheckRequest>) => {
  self.postMessage(answer(event.data, knowledge, () => performance.now()));
};
