import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { spawnPostern } from "../support/postern-process.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Inside the checkout, so that dependencies are found as they are in an installation. */
const outDir = `${root}dist/package-test`;

beforeAll(() => {
  execFileSync(`${root}node_modules/.bin/tsc`, ["-p", `${root}tsconfig.build.json`, "--outDir", outDir]);
});
afterAll(() => rmSync(outDir, { recursive: true, force: true }));

interface Manifest {
  readonly bin: { readonly postern: string };
  readonly exports: { readonly "./consumer": { readonly default: string } };
}

/** Where the package says that something is. */
async function entryOf(choose: (manifest: Manifest) => string): Promise<string> {
  const manifest: Manifest = JSON.parse(await readFile(`${root}package.json`, "utf8"));
  return choose(manifest).replace(/^(?:\.\/)?dist\/package/, outDir);
}

describe("the package, whose JavaScript needs no type stripping", () => {
  it("serves, with its spool in a thread of its own", async () => {
    const postern = await spawnPostern({
      args: ["serve", "--http", "127.0.0.1:0", "--embedded-port", "0"],
      entry: await entryOf((manifest) => manifest.bin.postern),
    });
    const [http] = await postern.ready;
    const body = '{"callsign":"A","type":"LISTENER_INFO","time_created":1,"time_uploaded":1,"data":{}}';
    const answer = await fetch(`${http?.slice("listening on ".length)}/message`, { method: "POST", body });
    expect(await answer.text()).toBe("OK");
    await postern.remove();
  });

  it("says its version", async () => {
    const { version } = JSON.parse(await readFile(`${root}package.json`, "utf8"));
    const entry = await entryOf((manifest) => manifest.bin.postern);
    expect(execFileSync(process.execPath, [entry, "--version"], { encoding: "utf8" })).toBe(`${version}\n`);
  });

  it("gives consumers parseMessage", async () => {
    const { parseMessage } = await import(`${outDir}/message/index.js`);
    expect(() => parseMessage("{}")).toThrow(/type must be one of/);
  });

  it("gives them the handler of a Lambda function", async () => {
    const entry = await entryOf((manifest) => manifest.exports["./consumer"].default);
    const { memoryStore, messageConsumer } = await import(entry);
    const consumer = messageConsumer(() => {}, { store: memoryStore() });
    expect(await consumer({ Records: [] }, {})).toEqual({ batchItemFailures: [] });
  });
});
