import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calls, type Handlers } from '../../shared/ipc/contract.ts';
import { ok } from '../../shared/model/fault.ts';
import { createGate, type BugLog, type Gate } from './ipc-gate.ts';

const GRANT = { handle: 'h1', name: 'a.evtx', isFolder: false };

/** A gate whose handlers are all missing but those given; a call that gets through to another is a bug in the log. */
function gateOver(handlers: Partial<Handlers>): { gate: Gate; bugs: Parameters<BugLog['error']>[0][] } {
  const bugs: Parameters<BugLog['error']>[0][] = [];
  const gate = createGate({
    handlers: handlers as Handlers,
    grant: async (paths) => paths.map(() => GRANT),
    log: { error: (bug) => bugs.push(bug) },
    checkOutput: true,
  });
  return { gate, bugs };
}

describe('the gate', () => {
  it('hands a parsed input to its handler and gives back what that answers', async () => {
    const seen: unknown[] = [];
    const { gate } = gateOver({
      'job.cancel': async (input) => {
        seen.push(input);
        return ok({});
      },
    });
    expect(await gate.call(['job.cancel', { job: 'j1', more: 'is dropped' }])).toEqual(ok({}));
    expect(seen).toEqual([{ job: 'j1' }]);
  });

  it('answers anything that is not a call with bad-request, and calls nothing', async () => {
    const { gate, bugs } = gateOver({});
    const odd = fc.oneof(fc.anything(), fc.tuple(fc.string(), fc.anything()), fc.constant(['__proto__', {}]));
    await fc.assert(
      fc.asyncProperty(odd, async (request) => {
        expect(await gate.call(request)).toMatchObject({ ok: false, fault: { code: 'bad-request' } });
      }),
    );
    expect(bugs).toEqual([]);
  });

  it('refuses wrong input for every call that takes any, without repeating the value', async () => {
    const { gate, bugs } = gateOver({});
    for (const [name, { input }] of Object.entries(calls)) {
      const wrong = { handles: 'C:\\secret', job: 7, text: 7 };
      if (input.safeParse(wrong).success) continue;
      const answer = await gate.call([name, wrong]);
      expect(answer).toMatchObject({ ok: false, fault: { code: 'bad-request' } });
      expect(JSON.stringify(answer)).not.toContain('secret');
    }
    expect(bugs).toEqual([]);
  });

  it('catches a bug once: an id for the user, the stack for the log', async () => {
    const { gate, bugs } = gateOver({
      'case.close': () => {
        throw new Error('a bug');
      },
    });
    const answer = await gate.call(['case.close', {}]);
    expect(answer).toMatchObject({ ok: false, fault: { code: 'internal' } });
    expect(bugs).toHaveLength(1);
    expect(bugs[0]?.error).toBeInstanceOf(Error);
    expect(JSON.stringify(answer)).toContain(bugs[0]?.bug);
    expect(JSON.stringify(answer)).not.toContain('a bug');
  });

  it('takes an answer that breaks the contract for a bug', async () => {
    const { gate, bugs } = gateOver({ 'case.save': async () => ok({ name: 7 } as never) });
    expect(await gate.call(['case.save', { as: false }])).toMatchObject({ ok: false, fault: { code: 'internal' } });
    expect(bugs[0]?.call).toBe('case.save');
  });

  it('turns dropped paths into grants, and nothing else', async () => {
    const { gate } = gateOver({});
    expect(await gate.drop(['/logs/a.evtx'])).toEqual(ok([GRANT]));
    for (const wrong of [undefined, 'x', [''], [7], [['/a']]]) {
      expect(await gate.drop(wrong)).toMatchObject({ ok: false, fault: { code: 'bad-request' } });
    }
  });
});
