import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";

/** Of this package, whether it runs from a checkout or is installed. */
export function version(): string {
  const path = findPackageJSON(import.meta.url);
  return path === undefined ? "unknown" : JSON.parse(readFileSync(path, "utf8")).version;
}
