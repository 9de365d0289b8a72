/** Tells the operator in one line why it could not be done: exit code 1. */
export function fail(reason: unknown): void {
  process.stderr.write(`postern: ${reason instanceof Error ? reason.message : reason}\n`);
  process.exitCode = 1;
}
