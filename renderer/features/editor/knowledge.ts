import commonFields from '../../../rules/mappings/common-fields.tsv?raw';
import tactics from '../../../rules/mappings/attack-tactics.tsv?raw';
import logsources from '../../../rules/mappings/logsources.yaml?raw';
import techniques from '../../../rules/mappings/attack-techniques.tsv?raw';
import {
  readCommonFields,
  readKnownLogsources,
  readTactics,
  readTechniques,
  type Knowledge,
} from '../../../shared/language/facts/knowledge.ts';

/** Reads what the project ships on log sources, fields and ATT&CK. */
export function readKnowledge(): Knowledge {
  const common = readCommonFields(commonFields);
  return {
    techniques: readTechniques(techniques),
    tactics: readTactics(tactics),
    logsources: [...readKnownLogsources(logsources), ...common.map(({ logsource }) => ({ ...logsource, meaning: '' }))],
    commonFields: common,
  };
}
