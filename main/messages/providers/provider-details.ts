import { gunzipSync } from 'node:zlib';
import type { Fault } from '../../../shared/model/fault.ts';
import type { ProviderDetails } from '../../store/provider-table.ts';
import { FAULT_LIMIT, type MessagesRead, type ProviderTexts } from '../api.ts';
import { readProvider } from './provider-json.ts';

/** Bytes that a list may unpack to. */
const LIST_LIMIT = 64 << 20;

/**
 * Providers from the databases that EventLogExpert makes. A provider's `Events` are as PowerShell gives them; its
 * `Messages` are the table of a classic provider, and its `Parameters` what `%%1833` stands for: lists of
 * `{"RawId", "Text"}`.
 * @param limit characters that may be read, all lists together.
 */
export function providersOfDetails(details: readonly ProviderDetails[], limit: number): MessagesRead {
  const pieces: ProviderTexts[] = [];
  const faults: Fault[] = [];
  let left = limit;
  const unpack = (packed: string | Uint8Array): readonly unknown[] => {
    const text =
      typeof packed === 'string' ? packed : gunzipSync(packed, { maxOutputLength: LIST_LIMIT }).toString('utf8');
    left -= text.length;
    const parsed: unknown = text === '' || left < 0 ? [] : JSON.parse(text);
    return Array.isArray(parsed) ? (parsed as unknown[]) : [];
  };
  for (const { provider, events, messages, parameters } of details) {
    try {
      const classic = unpack(messages).map((entry) => ({ id: numberOf(entry), message: textOf(entry) }));
      const texts = unpack(parameters).map((text) => [String(numberOf(text)), textOf(text)] as const);
      const known = {
        name: provider,
        events: [...unpack(events), ...classic],
        parameters: Object.fromEntries<unknown>(texts),
      };
      const read = readProvider(known);
      pieces.push(...read.pieces);
      faults.push(...read.faults);
    } catch (error) {
      const message = `${provider}: its lists are damaged`;
      faults.push({ code: 'damaged-source', message, detail: (error as Error).message });
    }
  }
  if (left < 0) faults.push({ code: 'too-large', message: 'There is more message data than one import keeps' });
  return { pieces, faults: faults.slice(0, FAULT_LIMIT) };
}

function numberOf(message: unknown): unknown {
  const id = (message as { readonly RawId?: unknown } | null)?.RawId;
  // Numbers of 32 bits with their highest set may be written as negative ones.
  return typeof id === 'number' && id < 0 ? id >>> 0 : id;
}

function textOf(message: unknown): unknown {
  return (message as { readonly Text?: unknown } | null)?.Text;
}
