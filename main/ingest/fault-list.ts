import { FAULT_LIMIT } from './api.ts';
import type { Fault } from '../../shared/model/fault.ts';

/** The faults of one file: all counted, the first FAULT_LIMIT kept. */
export class FaultList {
  count = 0;
  readonly kept: Fault[] = [];

  /** Whether further ones are only counted. */
  get isFull(): boolean {
    return this.count >= FAULT_LIMIT;
  }

  /** Adds one that explains others, and must not be lost among them. */
  addFirst(fault: Fault): void {
    this.count++;
    this.kept.unshift(fault);
    if (this.kept.length > FAULT_LIMIT) this.kept.pop();
  }

  add(fault: Fault): void {
    this.count++;
    if (this.kept.length < FAULT_LIMIT) this.kept.push(fault);
  }
}
