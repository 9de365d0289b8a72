import { readFile } from "node:fs/promises";
import { brotliCompressSync } from "node:zlib";
import type { Plugin } from "esbuild";

/**
 * Keeps the description of the interface compressed until somebody asks for it. Every function has it, since each knows
 * all actions, and a cold start would parse all of it for a request that is hardly ever made.
 */
export const packedDocument: Plugin = {
  name: "packed-document",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]lib[\\/]actions[\\/]openapi\.json$/ }, async ({ path }) => {
      const packed = brotliCompressSync(JSON.stringify(JSON.parse(await readFile(path, "utf8"))));
      // `toJSON` is what `JSON.stringify` goes by.
      const contents = `
        import { brotliDecompressSync } from "node:zlib";
        const packed = "${packed.toString("base64")}";
        export default { toJSON: () => JSON.parse(brotliDecompressSync(Buffer.from(packed, "base64"))) };`;
      return { contents, loader: "js" };
    });
  },
};
