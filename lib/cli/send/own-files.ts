import type { SendInput } from "./input.ts";
import { type InputIdentities, inputIdentities } from "./input-identities.ts";

/** A FILE that is not sent. */
export interface LeftOut {
  readonly path: string;
  readonly reason: string;
}

/**
 * Leaves out what belongs to the upload of another of these inputs: `*.ndjson` gives an input's rejected messages too, and
 * they would be rejected again, into a file of their own, and so on.
 */
export async function withoutOwnFiles(inputs: readonly SendInput[]): Promise<{
  readonly inputs: readonly SendInput[];
  readonly leftOut: readonly LeftOut[];
}> {
  const all = await Promise.all(inputs.map(inputIdentities));
  const claims = Map.groupBy(all.flatMap(claimsOf), ({ file }) => file);
  const sent: SendInput[] = [];
  const leftOut: LeftOut[] = [];
  for (const { input, path } of all) {
    const claim = claims.get(path)?.find(({ by }) => by !== path);
    if (claim === undefined) sent.push(input);
    else leftOut.push({ path: input.path, reason: claim.reason });
  }
  return { inputs: sent, leftOut };
}

/** What an upload has for its own, by identities. */
interface Claim {
  readonly file: string;
  readonly by: string;
  readonly reason: string;
}

function claimsOf({ input, path: by, state, rejected }: InputIdentities): readonly Claim[] {
  return [
    { file: rejected, by, reason: `rejected messages of ${input.path} go there` },
    ...(state === undefined
      ? []
      : [{ file: state, by, reason: `it is the state of the upload of ${input.path}` }]),
  ];
}
