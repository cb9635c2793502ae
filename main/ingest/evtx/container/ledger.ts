import type { Fault } from '../../../../shared/model/fault.ts';
import { FAULT_LIMIT, type SourceReport } from '../../api.ts';

/** Counts what becomes of one file. */
export class Ledger {
  events = 0;
  recovered = 0;
  damaged = 0;
  bytesRead = 0;
  #faultCount = 0;
  readonly #faults: Fault[] = [];

  /** Notes a fault at a byte offset of the file. */
  fault(message: string, offset?: number): void {
    this.#faultCount++;
    if (this.#faults.length < FAULT_LIMIT) {
      this.#faults.push({ code: 'damaged-source', message, ...(offset === undefined ? {} : { offset }) });
    }
  }

  /** Notes a record that cannot be read. */
  damage(message: string, offset: number): void {
    this.damaged++;
    this.fault(message, offset);
  }

  report(format: string, state: SourceReport['state']): SourceReport {
    return {
      format,
      state,
      events: this.events,
      recovered: this.recovered,
      damaged: this.damaged,
      faultCount: this.#faultCount,
      faults: this.#faults,
      bytesRead: this.bytesRead,
    };
  }
}
