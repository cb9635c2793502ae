import { describe, expect, it } from 'vitest';
import type { SourceLine } from '../../../shared/ipc/contract.ts';
import { byUrgency, faultPlace, hasTrouble, stateWords, totals, unread } from './ledger.ts';

const source = (change: Partial<SourceLine>): SourceLine => ({
  source: 0,
  name: 'a.evtx',
  format: 'evtx',
  bytes: 10,
  state: 'read',
  events: 5,
  recovered: 0,
  damaged: 0,
  leftOut: 0,
  faultCount: 0,
  faults: [],
  firstUs: null,
  lastUs: null,
  ...change,
});

describe('ledger', () => {
  it('calls a file with any loss by its name, however it ended', () => {
    expect(hasTrouble(source({}))).toBe(false);
    expect(stateWords(source({ damaged: 1 }))).toBe('Read, with faults');
    for (const change of [{ damaged: 1 }, { faultCount: 1 }, { state: 'partial' }, { state: 'failed' }] as const) {
      expect(hasTrouble(source(change))).toBe(true);
    }
  });

  it('sums up, and puts what failed first', () => {
    const sources = [
      source({ source: 1 }),
      source({ source: 2, faultCount: 3 }),
      source({ source: 3, state: 'failed' }),
      source({ source: 4, state: 'skipped', events: 0, faultCount: 1 }),
    ];
    expect(totals(sources)).toEqual({
      files: 4,
      bytes: 40,
      events: 15,
      recovered: 0,
      damaged: 0,
      troubled: 2,
      skipped: 1,
      leftOut: 0,
    });
    expect([...sources].sort(byUrgency).map((s) => s.source)).toEqual([3, 2, 1, 4]);
  });

  it('takes what the user stopped for no fault, and knows what is left to read', () => {
    const stopped = source({
      source: 1,
      state: 'partial',
      faultCount: 1,
      faults: [{ code: 'cancelled', message: 'x', remedy: 'rest' }],
    });
    const cut = source({
      source: 2,
      state: 'partial',
      faultCount: 1,
      faults: [{ code: 'damaged-source', message: 'x' }],
    });
    const waiting = source({ source: 3, state: 'waiting', events: 0 });
    expect([stopped, cut, waiting].map(hasTrouble)).toEqual([false, true, false]);
    expect(unread([stopped, cut, waiting])).toEqual([stopped, waiting]);
    expect(stateWords(waiting)).toBe('Not read yet');
  });

  it('says what is the user’s to choose', () => {
    const table = source({ faultCount: 1, faults: [{ code: 'note', message: 'x', remedy: 'columns' }] });
    expect([hasTrouble(table), stateWords(table)]).toEqual([false, 'Needs a mapping']);
    expect(stateWords(source({ leftOut: 3 }))).toBe('Read as chosen');
  });

  it('says where a fault is', () => {
    const fault = { code: 'damaged-source', message: 'x' } as const;
    expect(faultPlace({ ...fault, line: 1200 })).toBe('line 1,200');
    expect(faultPlace({ ...fault, offset: 69_632 })).toBe('offset 69,632 (0x11000)');
    expect(faultPlace(fault)).toBe('whole file');
  });
});
