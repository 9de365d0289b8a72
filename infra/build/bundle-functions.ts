import { readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { bundleOptions } from "./bundle-options.ts";
import { leanSdk } from "./lean-sdk.ts";
import { packedDocument } from "./packed-document.ts";
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
    ...bundleOptions,
    logLevel: "warning",
    plugins: [leanSdk, packedDocument, plainBuiltins],
  });
  return new Map(
    Object.entries(metafile.outputs)
      .filter(([path]) => path.endsWith(".mjs"))
      .map(([path, { bytes }]) => [basename(path, ".mjs"), bytes]),
  );
}
