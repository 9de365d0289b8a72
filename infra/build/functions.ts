import { readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { build, type Metafile } from "esbuild";
import { leanSdk } from "./lean-sdk.ts";
import { plainBuiltins } from "./plain-builtins.ts";

/** Bundles each function to `dist/functions/NAME.mjs`, beside its source map, and prints their sizes. */
const root = join(import.meta.dirname, "../..");
const outdir = join(root, "dist/functions");

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
for (const [name, bytes] of sizes(metafile))
  process.stdout.write(`${name}  ${(bytes / 1000).toFixed(0)} kB\n`);

function sizes({ outputs }: Metafile): readonly (readonly [string, number])[] {
  return Object.entries(outputs)
    .filter(([path]) => path.endsWith(".mjs"))
    .map(([path, { bytes }]) => [path, bytes] as const);
}
