import { fileIdentity, openFileIdentity } from "../../platform/file-identity.ts";
import type { SendInput } from "./input.ts";

/** Which files an input and what belongs to it are, whatever their names. */
export interface InputIdentities {
  readonly input: SendInput;
  readonly path: string;
  readonly state: string | undefined;
  readonly rejected: string;
}

export async function inputIdentities(input: SendInput): Promise<InputIdentities> {
  const { path, statePath, rejectedPath } = input;
  return {
    input,
    path: path === "-" ? (openFileIdentity(0) ?? path) : await fileIdentity(path),
    state: statePath === undefined ? undefined : await fileIdentity(statePath),
    rejected: await fileIdentity(rejectedPath),
  };
}
