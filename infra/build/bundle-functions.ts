import { readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { leanSdk } from "./lean-sdk.ts";
import { plainBuiltins } from "./plain-builtins.ts";

const root = join(import.meta.dirname, "../..");

/**
 * Bundles each function to `NAME.mjs`, beside its source map.
 *
 * @param outdir is emptied first
 * @returns the bytes of each bundle, by the function's name
 */
export async function bundleFunctions(outdir: string): Promise<ReadonlyMap<string, number>> {
  const names = (await readdir(join(root, "functions"))).map((file) => basename(file, ".ts"));
  await rm(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: names.map((name) => `functions/${name}.ts`),
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    // The runtime nodejs24.x.
    target: "node24",
    // Where a package has both, its ES modules leave out what is not used.
    mainFields: ["module", "main"],
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    plugins: [leanSdk, plainBuiltins],
  });
  return new Map(
    Object.entries(metafile.outputs)
      .filter(([path]) => path.endsWith(".mjs"))
      .map(([path, { bytes }]) => [basename(path, ".mjs"), bytes]),
  );
}
