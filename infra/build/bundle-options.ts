import type { BuildOptions } from "esbuild";

/** One ES module for Lambda's runtime nodejs24.x, with its source map beside it. */
export const bundleOptions = {
  outExtension: { ".js": ".mjs" },
  bundle: true,
  minify: true,
  format: "esm",
  platform: "node",
  target: "node24",
  // Where a package has both, its ES modules leave out what is not used.
  mainFields: ["module", "main"],
  sourcemap: "linked",
  sourcesContent: false,
  legalComments: "none",
  metafile: true,
} as const satisfies BuildOptions;
