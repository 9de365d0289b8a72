import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type BenchProcess, startProcess } from "./bench-process.ts";
import { credentials } from "./counting-endpoint.ts";

/** The program behind its HTTP door, with its spool in a folder that this makes. */
export function startHttpDoor(directory: string, queueUrl: string): Promise<BenchProcess> {
  mkdirSync(directory);
  return startProcess({
    entry: new URL("../../lib/cli/main.ts", import.meta.url),
    args: ["serve", "--scgi", "off", "--http", "127.0.0.1:0", "--max-body", "16MiB", "--queue-url", queueUrl],
    directory,
    env: credentials,
    log: join(directory, "postern.log"),
    ready: /^ready$/m,
  });
}

/**
 * Posts a JSON array of so many messages.
 *
 * @throws where any of them is not accepted
 */
export async function post(
  server: BenchProcess,
  body: string | Uint8Array<ArrayBuffer>,
  count: number,
): Promise<void> {
  const address = /^listening on (http:\S+)$/m.exec(server.said)?.[1];
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${address}/messages`, { method: "POST", headers, body });
  const { accepted } = (await response.json()) as { readonly accepted: number };
  if (accepted !== count) throw new Error(`${accepted} of ${count} were accepted`);
}
