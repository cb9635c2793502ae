import type { Instant } from '../../../shared/model/time.ts';
import { FieldList } from './field-list.ts';

/** One event in the terms of the batch: head, spine and data fields. Reused from event to event. */
export class LogEvent {
  channel = '';
  provider = '';
  providerGuid = '';
  eventId: number | undefined;
  version: number | undefined;
  level: number | undefined;
  task: number | undefined;
  opcode: number | undefined;
  keywords = '';
  qualifiers: number | undefined;
  computer: string | undefined;
  record: number | undefined;
  processId: string | undefined;
  threadId: string | undefined;
  time: Instant | undefined;
  /** What stood in the time's place where it could not be read. */
  badTime: string | undefined;
  /** Whether the time was written without a zone, and may be any. */
  isZoneless = false;
  readonly fields = new FieldList();

  clear(): void {
    this.channel = '';
    this.provider = '';
    this.providerGuid = '';
    this.eventId = undefined;
    this.version = undefined;
    this.level = undefined;
    this.task = undefined;
    this.opcode = undefined;
    this.keywords = '';
    this.qualifiers = undefined;
    this.computer = undefined;
    this.record = undefined;
    this.processId = undefined;
    this.threadId = undefined;
    this.time = undefined;
    this.badTime = undefined;
    this.isZoneless = false;
    this.fields.clear();
  }
}

/** A whole number of up to 9 digits that the text is, or undefined. */
export function smallInteger(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** A whole number that a double holds exactly, or undefined. */
export function safeInteger(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
