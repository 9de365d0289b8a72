import { join } from "node:path";
import { bundleFunctions } from "./bundle-functions.ts";

const sizes = await bundleFunctions(join(import.meta.dirname, "../../dist/functions"));
for (const [name, bytes] of sizes) {
  process.stdout.write(`dist/functions/${name}.mjs  ${Math.round(bytes / 1000)} kB\n`);
}
