import type { WriterEvent } from '../../main/ingest/evtx-writer/writer-event.ts';
import type { Host } from './world.ts';

/** What the generator knows of an event: whether it belongs to the incident, and which starter rules it must hit. */
export interface Label {
  readonly incident: boolean;
  /** Rule ids. */
  readonly hits: readonly string[];
}

export const NOISE: Label = { incident: false, hits: [] };

/** An event of the incident, with the starter rules that it must hit. */
export function story(...hits: string[]): Label {
  return { incident: true, hits };
}

/** An ordinary event that a starter rule hits all the same: a false positive to triage. */
export function falseAlarm(...hits: string[]): Label {
  return { incident: false, hits };
}

export interface LabelledEvent {
  readonly event: WriterEvent;
  readonly label: Label;
}

export type Draft = Omit<WriterEvent, 'computer' | 'recordId'>;

/** The events of one host, in the order in which they were made. */
export class Recorder {
  readonly events: LabelledEvent[] = [];

  constructor(readonly host: Host) {}

  add(draft: Draft, label: Label): void {
    this.events.push({ event: { ...draft, computer: this.host.fqdn }, label });
  }

  /** Events of a channel in order of time; of those at the same time, in the order in which they were made. */
  channel(name: string): LabelledEvent[] {
    return this.events
      .filter(({ event }) => event.channel === name)
      .sort((a, b) => a.event.time.us - b.event.time.us || a.event.time.ns - b.event.time.ns);
  }

  get channels(): string[] {
    return [...new Set(this.events.map(({ event }) => event.channel))].sort();
  }

  /** Forgets the events of a channel before a time, as clearing the log does. */
  clear(channel: string, beforeUs: number): void {
    const kept = this.events.filter(({ event }) => event.channel !== channel || event.time.us >= beforeUs);
    this.events.splice(0, this.events.length, ...kept);
  }
}
