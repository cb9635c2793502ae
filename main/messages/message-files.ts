import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const mappingFile = z.object({
  default: z.object({ parameters: z.array(z.string()) }),
  providers: z.array(
    z.object({
      provider: z.string(),
      messages: z.array(z.string()).default([]),
      parameters: z.array(z.string()).default([]),
    }),
  ),
});

/** Which files hold a provider's texts, where no manifest says it. */
export interface MessageFiles {
  /** Files with the messages of a classic provider. */
  messagesOf(provider: string): readonly string[];
  /** Files with what `%%1833` stands for in a provider's events. */
  parametersOf(provider: string): readonly string[];
}

/** Reads `mappings/message-files.yaml` of the content folder. @throws where it isn't as it must be */
export function readMessageFiles(contentFolder: string): MessageFiles {
  const mapping = mappingFile.parse(parse(readFileSync(join(contentFolder, 'mappings', 'message-files.yaml'), 'utf8')));
  const byName = new Map(mapping.providers.map((entry) => [entry.provider.toLowerCase(), entry]));
  return {
    messagesOf: (provider) => byName.get(provider.toLowerCase())?.messages ?? [],
    parametersOf: (provider) => {
      const own = byName.get(provider.toLowerCase())?.parameters ?? [];
      return own.length > 0 ? own : mapping.default.parameters;
    },
  };
}
