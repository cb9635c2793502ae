import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { destination, pino, stdSerializers, type Logger } from 'pino';

/**
 * The program's own log: starts, faults of the program, stacks of bugs. Never event content, rule text or file
 * names of logs: an analyst can send it to us without sending a case.
 */
export function createLog(userDataFolder: string): { readonly log: Logger; readonly file: string } {
  const file = path.join(userDataFolder, 'logs', 'rulewright.log');
  const options = { base: { pid: process.pid }, serializers: { error: stdSerializers.err } };
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    appendFileSync(file, '');
    return { log: pino(options, destination({ dest: file, sync: true })), file };
  } catch {
    // A folder that cannot be written to must not keep the program from starting.
    return { log: pino(options, destination({ dest: 2, sync: true })), file };
  }
}
