import { isBuiltin } from "node:module";
import type { Plugin } from "esbuild";

/**
 * Gets Node's own modules by `process.getBuiltinModule` instead of `import`. An import reads every property of such a
 * module to export it, also those behind which more is loaded on demand: `node:http` has WebSocket, and with it comes
 * all of undici, which costs a cold start more than all of our own code.
 */
export const plainBuiltins: Plugin = {
  name: "plain-builtins",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
      if (!isBuiltin(path)) return undefined;
      return { path: path.replace(/^node:/, ""), namespace: kind === "dynamic-import" ? "whole" : "named" };
    });
    onLoad({ filter: /.*/, namespace: "named" }, ({ path }) => ({ contents: namedExports(path) }));
    // Its properties are read where they are used and not before.
    onLoad({ filter: /.*/, namespace: "whole" }, ({ path }) => ({
      contents: `module.exports = ${getter(path)};`,
    }));
  },
};

/** Each is marked as free of effects, so that esbuild leaves out, and Node never reads, what nobody imports. */
function namedExports(path: string): string {
  const names = Object.keys(process.getBuiltinModule(path) ?? {}).filter((name) => name !== "default");
  return [
    `const builtin = ${getter(path)};`,
    "const read = (name) => builtin[name];",
    "export default builtin;",
    ...names.map(
      (name, index) =>
        `const export${index} = /* @__PURE__ */ read("${name}"); export { export${index} as ${name} };`,
    ),
  ].join("\n");
}

function getter(path: string): string {
  return `process.getBuiltinModule("node:${path}")`;
}
