#!/usr/bin/env node
/**
 * What the package installs as `postern`. In a checkout npm brings the Node that this needs; installed, it runs on
 * whatever Node is there, and an older one could not even load the rest.
 */
import "./no-debugger.ts";

const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 24) {
  process.stderr.write(`postern: needs Node 24 or newer; this is ${process.version}, ${process.execPath}\n`);
  // As for settings that cannot be used: to try again is of no use.
  process.exitCode = 2;
} else {
  await import("./main.ts");
}
