import { inputKind } from "../../client/input.ts";
import { ConfigurationError } from "../../platform/configuration-error.ts";
import { readFailure } from "../../platform/file-failure.ts";
import type { SendInput } from "./input.ts";
import { requireOnePurpose } from "./one-purpose.ts";
import { type LeftOut, withoutOwnFiles } from "./own-files.ts";
import type { SendSettings } from "./settings.ts";

export interface SendInputs {
  readonly inputs: readonly SendInput[];
  readonly leftOut: readonly LeftOut[];
}

/** What is open already, as shells name it for `<(…)`: no file can be made beside it. */
const descriptor = /^\/(?:dev\/stdin$|dev\/fd\/|proc\/[^/]+\/fd\/)/;

/** @throws {ConfigurationError} one line for each file that cannot be used so, before anything is sent */
export async function sendInputs(files: readonly string[], settings: SendSettings): Promise<SendInputs> {
  const { state } = settings;
  const { inputs, leftOut } = await withoutOwnFiles(await readable(files, settings));
  if (inputs.length > 1 && state !== undefined && state !== "off") {
    throw new ConfigurationError("--state: expected off where there is more than one FILE");
  }
  await requireOnePurpose(inputs);
  return { inputs, leftOut };
}

async function readable(
  files: readonly string[],
  { state, rejected }: SendSettings,
): Promise<readonly SendInput[]> {
  const paths = files.length === 0 ? ["-"] : files;
  const problems: string[] = [];
  const inputs: SendInput[] = [];
  for (const path of paths) {
    try {
      const kind = await inputKind(path);
      const isPlace = path !== "-" && !descriptor.test(path);
      const besides = kind === "file" && isPlace ? `${path}.postern-send` : undefined;
      inputs.push({
        path,
        statePath: state === "off" ? undefined : (state ?? besides),
        rejectedPath: rejected ?? `${isPlace ? path : "stdin"}.rejected.ndjson`,
      });
    } catch (error) {
      problems.push(`${path} cannot be read: ${readFailure(error)}`);
    }
  }
  if (problems.length > 0) throw new ConfigurationError(problems.join("\n"));
  return inputs;
}
