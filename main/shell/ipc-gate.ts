import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { calls, grantSchema, type CallName, type Grant, type Handlers } from '../../shared/ipc/contract.ts';
import { fail, ok, type Result } from '../../shared/model/fault.ts';

/** Where bugs are written: stacks and call names, never what a log or a rule holds. */
export interface BugLog {
  error(details: { readonly bug: string; readonly call: string; readonly error: unknown }): void;
}

export interface Gate {
  /** Answers one call of the page. `request` is whatever the page sent. Never rejects. */
  call(request: unknown): Promise<Result<unknown>>;
  /** Turns the paths of dropped files into grants. `paths` comes from our preload script. Never rejects. */
  drop(paths: unknown): Promise<Result<readonly Grant[]>>;
}

export interface GateOptions {
  readonly handlers: Handlers;
  readonly grant: (paths: readonly string[]) => Promise<readonly Grant[]>;
  readonly log: BugLog;
  /** Also check what handlers give back against the contract: in development and in tests. */
  readonly checkOutput: boolean;
}

const requestSchema = z.tuple([z.string().max(64), z.unknown()]);
const dropSchema = z.array(z.string().min(1).max(32_768)).max(10_000);

function badRequest(message: string, error?: z.ZodError): Result<never> {
  // Only where and what kind: the value itself may be an analyst's.
  const detail = error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`).join('; ');
  return fail({ code: 'bad-request', message, ...(detail === undefined ? {} : { detail }) });
}

/**
 * The one door between page and main process: input is parsed, the handler answers with a result, and a bug is
 * caught here once. Its stack goes to the log; the user gets an id to find it by.
 */
export function createGate(options: GateOptions): Gate {
  const guarded = async <T>(call: string, task: () => Promise<Result<T>>): Promise<Result<T>> => {
    try {
      return await task();
    } catch (error) {
      const bug = randomBytes(4).toString('hex');
      options.log.error({ bug, call, error });
      return fail({ code: 'internal', message: `Something went wrong inside Rulewright (${bug})`, detail: call });
    }
  };
  return {
    call: (request) =>
      guarded('request', async () => {
        const envelope = requestSchema.safeParse(request);
        if (!envelope.success) return badRequest('Not a call');
        const [name, input] = envelope.data;
        if (!Object.hasOwn(calls, name)) return badRequest(`No call "${name}"`);
        return guarded(name, () => answer(options, name as CallName, input));
      }),
    drop: (paths) =>
      guarded('drop', async () => {
        const parsed = dropSchema.safeParse(paths);
        if (!parsed.success) return badRequest('Not a list of dropped files', parsed.error);
        return ok(z.array(grantSchema).parse(await options.grant(parsed.data)));
      }),
  };
}

async function answer(options: GateOptions, name: CallName, input: unknown): Promise<Result<unknown>> {
  const parsed = calls[name].input.safeParse(input);
  if (!parsed.success) return badRequest(`"${name}" was called with something else than it takes`, parsed.error);
  // The input was parsed by the schema of the same name: the pair fits, which the union type cannot say.
  const handler = options.handlers[name] as (checked: unknown) => Promise<Result<unknown>>;
  const result = await handler(parsed.data);
  if (result.ok && options.checkOutput) calls[name].output.parse(result.value);
  return result;
}
