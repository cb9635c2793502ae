import type { Damage } from './pe/bytes.ts';
import { DamageLog } from './pe/bytes.ts';
import { languageTag } from './pe/languages.ts';
import { readMessageTable } from './pe/message-table.ts';
import { PeFile, type RandomFile } from './pe/pe-file.ts';
import { readManifest } from './pe/wevt-manifest.ts';
import { messageFileName } from './message-file-name.ts';
import { FAULT_LIMIT, type MessagePiece, type MessagesRead } from './api.ts';

/** RT_MESSAGETABLE. */
const MESSAGE_TABLE = 11;
const MANIFEST = 'WEVT_TEMPLATE';

/**
 * The message tables and event manifests of an executable. One without any gives nothing, and no fault.
 * @param name of the file, without its folders: manifests and tables find each other by it.
 */
export function readExecutable(file: RandomFile, name: string): MessagesRead {
  const damage = new DamageLog();
  const pieces: MessagePiece[] = [];
  const base = messageFileName(name);
  damage.guard(() => {
    const executable = PeFile.open(file);
    for (const resource of executable.resources([MESSAGE_TABLE, MANIFEST], damage)) {
      damage.guard(() => {
        const bytes = executable.bytesOf(resource);
        if (resource.type === MANIFEST) {
          for (const provider of readManifest(bytes, damage))
            pieces.push({ kind: 'manifest', file: base, ...provider });
          return;
        }
        const { ids, texts } = readMessageTable(bytes, resource.language, damage);
        const language = languageTag(resource.language);
        if (ids.length > 0) pieces.push({ kind: 'table', file: base, language, providers: [], ids, texts });
      });
    }
  });
  return { pieces, faults: damage.kept.slice(0, FAULT_LIMIT).map(faultOf) };
}

function faultOf({ message, offset }: Damage): MessagesRead['faults'][number] {
  return { code: 'damaged-source', message, offset };
}
