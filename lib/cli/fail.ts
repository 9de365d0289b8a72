import { reasonOf } from "../platform/reason-of.ts";

/** Tells the operator in one line why it could not be done: exit code 1. */
export function fail(reason: unknown): void {
  process.stderr.write(`postern: ${reasonOf(reason)}\n`);
  process.exitCode = 1;
}
