import { join } from "node:path";
import { build } from "esbuild";
import { bundleOptions } from "../../../infra/build/bundle-options.ts";

/** Bundles the peers as most would: esbuild's options as for our functions, without what we take out of the SDK. */
export async function bundlePeers(
  names: readonly string[],
  outdir: string,
): Promise<ReadonlyMap<string, number>> {
  const { metafile } = await build({
    absWorkingDir: outdir,
    entryPoints: names.map((name) => join(import.meta.dirname, `${name}.ts`)),
    outdir,
    ...bundleOptions,
    logLevel: "error",
    // Express and Fastify are CommonJS, which needs it.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  return new Map(names.map((name) => [name, metafile.outputs[`${name}.mjs`]?.bytes ?? Number.NaN]));
}
