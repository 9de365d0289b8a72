import { ConfigurationError } from "../../platform/configuration-error.ts";
import type { SendInput } from "./input.ts";
import { inputIdentities } from "./input-identities.ts";

/**
 * Sees to it that no file serves two purposes: one would be written over by the other.
 *
 * @throws {ConfigurationError} one line for each file that does
 */
export async function requireOnePurpose(inputs: readonly SendInput[]): Promise<void> {
  const all = await Promise.all(inputs.map(inputIdentities));
  const paths = new Set(all.map(({ path }) => path));
  const rejected = new Set(all.map((one) => one.rejected));
  const problems = all.flatMap(({ input: { statePath = "", rejectedPath }, ...one }) => [
    ...(paths.has(one.rejected) ? [`${rejectedPath}: ${cannotTakeRejected}`] : []),
    ...(one.state === undefined || !paths.has(one.state) ? [] : [`${statePath}: ${cannotTakeState}`]),
    ...(one.state === undefined || !rejected.has(one.state) ? [] : [`${statePath}: ${cannotTakeBoth}`]),
  ]);
  if (problems.length > 0) throw new ConfigurationError([...new Set(problems)].join("\n"));
}

const cannotTakeRejected =
  "it is to be sent, so what is rejected cannot go there; choose another with --rejected";
const cannotTakeState = "it is to be sent, so the state cannot be kept there; choose another with --state";
const cannotTakeBoth =
  "the state and what is rejected cannot both go there; choose another with --state or --rejected";
