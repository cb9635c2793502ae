/** Writes a bug's stack with its id to stderr, which the shell's log takes. Never event content. */
export function logToStderr(thread: string): (id: string, error: unknown) => void {
  return (id, error) => {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`[${thread}] ${id} ${stack}\n`);
  };
}
