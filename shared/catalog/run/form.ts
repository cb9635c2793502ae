import { z } from 'zod';

const field = z.string().min(1);
const words = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

/** How a field of a rule stands in an event, as rules/mappings/run-events.yaml writes it. */
export const formSchema = z
  .union([
    z.null(),
    field,
    z.strictObject({ name: field }),
    z.strictObject({ before: field }),
    z.strictObject({ extension: field }),
    z.strictObject({ registry: field }),
    z.strictObject({ key: field }),
    z.strictObject({ data: field }),
    z.strictObject({ hashes: field }),
    z.strictObject({ address: field }),
    z.strictObject({ arguments: field }),
    z.strictObject({ absent: z.literal(true) }),
    z.strictObject({ enum: field, open: z.literal(true).optional(), values: z.record(z.string(), words) }),
    z.strictObject({ by: field, values: z.record(z.string(), field) }),
  ])
  .transform((written): Form | undefined => {
    if (written === null) return undefined;
    if (typeof written === 'string') return { kind: 'plain', field: written };
    if ('absent' in written) return { kind: 'absent' };
    if ('enum' in written) {
      return {
        kind: 'enum',
        field: written.enum,
        words: Object.entries(written.values),
        isOpen: written.open === true,
      };
    }
    if ('by' in written) return { kind: 'by', field: written.by, fields: Object.entries(written.values) };
    const [kind, name] = Object.entries(written)[0] as [SimpleKind, string];
    return { kind, field: name };
  });

/** What run-events.yaml says of the kinds. */
type SimpleKind =
  'plain' | 'name' | 'before' | 'extension' | 'registry' | 'key' | 'data' | 'hashes' | 'address' | 'arguments';

export type Form =
  | { readonly kind: SimpleKind; readonly field: string }
  /** Elastic and Splunk have the event without the field. */
  | { readonly kind: 'absent' }
  /** Vendor's words, and the event's words that each stands for. */
  | {
      readonly kind: 'enum';
      readonly field: string;
      readonly words: readonly (readonly [string, readonly string[]])[];
      /** Whether there are more of the vendor's words than these. */
      readonly isOpen: boolean;
    }
  /** By the value of `field`: the field that it then is. */
  | { readonly kind: 'by'; readonly field: string; readonly fields: readonly (readonly [string, string])[] };
