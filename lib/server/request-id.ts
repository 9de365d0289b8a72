import { randomBytes } from "node:crypto";

/**
 * Makes ids such as `4f1d9c0b7a2e-1k`: unique among all runs of all programs by their first part, within a run by their
 * second, and cheap. They are no secret and nothing may depend on their being hard to guess.
 */
export function requestIds(): () => string {
  const run = randomBytes(6).toString("hex");
  let count = 0;
  return () => {
    count += 1;
    return `${run}-${count.toString(36)}`;
  };
}
