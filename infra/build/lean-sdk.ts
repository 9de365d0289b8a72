import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Plugin } from "esbuild";

/**
 * Leaves out of a bundle what the AWS SDK brings and a function that sends to SQS never runs:
 *
 * - the credential chain of profiles, single sign-on, web identities and instance metadata. A Lambda function's
 *   credentials are always in its environment (Lambda developer guide, "Defined runtime environment variables");
 * - the length of files as bodies: only to know one, the SDK has Node load its streams of files;
 * - all that the client's package says of itself but its version, which is what it tells SQS of it;
 * - checksums in JavaScript, for a Node without crypto;
 * - event streams, which the protocol of SQS (AWS JSON 1.0) does not have. The SDK imports them when it meets one.
 */
export const leanSdk: Plugin = {
  name: "lean-sdk",
  setup({ onLoad, onEnd }) {
    onLoad({ filter: /[\\/]@aws-sdk[\\/]credential-provider-node[\\/]dist-es[\\/]index\.js$/ }, () => ({
      contents: `export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";`,
    }));
    onLoad({ filter: /[\\/]util-body-length[\\/]calculateBodyLength\.js$/ }, () => ({
      contents: `export const calculateBodyLength = (body) =>
        typeof body === "string" ? Buffer.byteLength(body) : body?.byteLength ?? 0;`,
    }));
    onLoad({ filter: /[\\/]@aws-sdk[\\/]client-sqs[\\/]package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, "utf8"));
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
    onLoad(
      { filter: /[\\/]@smithy[\\/]core[\\/]dist-es[\\/]submodules[\\/]checksum[\\/].*Js\.js$/ },
      ({ path }) => ({ contents: `export const ${basename(path, ".js")} = undefined;` }),
    );
    onLoad(
      { filter: /[\\/]@smithy[\\/]core[\\/]dist-es[\\/]submodules[\\/]event-streams[\\/]index\.js$/ },
      () => ({
        contents: `throw new Error("event streams are not in this bundle");`,
      }),
    );
    // A new version of the SDK may be laid out otherwise; then the bundle would grow and start slowly unnoticed.
    onEnd(({ metafile }) => {
      const left = Object.keys(metafile?.inputs ?? {}).find((path) =>
        /credential-provider-(?:sso|ini|process)|event-streams[\\/]eventstream-codec/.test(path),
      );
      return left === undefined ? {} : { errors: [{ text: `${left} should not be in the bundle` }] };
    });
  },
};
