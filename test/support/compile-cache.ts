import { fileURLToPath } from "node:url";

/**
 * What Node is to be told by `NODE_COMPILE_CACHE`: much of what a test file or a start of the program takes is compiling, the same
 * each time.
 */
export const compileCache = fileURLToPath(new URL("../../node_modules/.cache/node-compile", import.meta.url));
