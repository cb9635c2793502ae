import { z } from 'zod';
import { FAULT_CODES } from '../model/fault.ts';

/** The part of the contract about the messages of events: what was imported, and an event's text made of it. */

const count = z.number().int().min(0);
const nothing = z.object({});
const handles = z.array(z.string()).min(1).max(10_000);
const fault = z.object({
  code: z.enum(FAULT_CODES),
  message: z.string(),
  detail: z.string().optional(),
  offset: z.number().optional(),
  line: z.number().optional(),
  file: z.string().optional(),
});

/** One import, as it is kept in the data folder. */
const messagePack = z.object({
  id: z.string(),
  /** What was imported. */
  name: z.string(),
  /** ISO 8601, UTC. */
  importedAt: z.string(),
  bytes: z.number(),
  files: count,
  /** Providers whose events are described, by manifest or list. */
  providers: count,
  /** Texts. */
  messages: count,
  languages: z.array(z.string()),
});
export type MessagePackLine = z.infer<typeof messagePack>;

export const messageCalls = {
  /** What was imported, the newest first, and what was wrong in the import before. */
  'messages.list': {
    input: nothing,
    output: z.object({
      packs: z.array(messagePack),
      /** Kept files that cannot be read. */
      faults: z.array(fault),
      last: z
        .object({
          name: z.string(),
          /** Files without message data. */
          others: count,
          /** Faults by file, the first of each. */
          faults: z.array(fault),
        })
        .nullable(),
    }),
  },
  /** Reads message files and provider lists, and keeps what they hold. */
  'messages.import': { input: z.object({ handles }), output: z.object({ job: z.string() }) },
  'messages.remove': { input: z.object({ id: z.string() }), output: nothing },
  /** Which of these files hold message data and no log. Folders never do. */
  'messages.among': { input: z.object({ handles }), output: z.object({ handles: z.array(z.string()) }) },
  /** An event's message; null where nothing that was imported has it. */
  'event.message': {
    input: z.object({ event: z.number().int() }),
    output: z.object({
      message: z
        .object({
          /** Its pieces in order: text, and values with the field and the value that the event has. */
          parts: z.array(z.object({ text: z.string(), field: z.string().nullable(), value: z.string().nullable() })),
          /** It goes on. */
          isCut: z.boolean(),
          title: z.string(),
          /** Such as `en-US`; '' where it is not known. */
          language: z.string(),
          /** What was imported that it comes from. */
          from: z.string(),
        })
        .nullable(),
    }),
  },
} as const;
