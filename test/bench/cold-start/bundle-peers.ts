import { join } from "node:path";
import { build } from "esbuild";

/** Bundles the peers as most would: esbuild's options as for our functions, without what we take out of the SDK. */
export async function bundlePeers(
  names: readonly string[],
  outdir: string,
): Promise<ReadonlyMap<string, number>> {
  const { metafile } = await build({
    absWorkingDir: outdir,
    entryPoints: names.map((name) => join(import.meta.dirname, `${name}.ts`)),
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "node24",
    mainFields: ["module", "main"],
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
    metafile: true,
    logLevel: "error",
    // Express and Fastify are CommonJS, which needs it.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  return new Map(names.map((name) => [name, metafile.outputs[`${name}.mjs`]?.bytes ?? Number.NaN]));
}
