// Records what each web server on this machine really sends for `recordedRequests` into test/scgi/fixtures, by
// `node test/system/record-fixtures.ts`; those that are not there keep their recordings.
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Recording, recordedRequests } from "../scgi/recorded-requests.ts";
import { isInstalled } from "../support/daemon.ts";
import { apache } from "./web-servers/apache.ts";
import { sendHttp } from "./web-servers/http-client.ts";
import { lighttpd, plainLighttpd } from "./web-servers/lighttpd.ts";
import { nginx, unbufferedNginx } from "./web-servers/nginx.ts";
import { type Backend, startWebServer, type WebServer } from "./web-servers/web-server.ts";

/** Milliseconds without a byte after which a request is taken for whole: how long it is, a recorder must not judge. */
const silence = 200;
/** Always the same, so that only what servers do differs between two recordings. */
const webServerPort = 8980;
const backendPort = 8981;

for (const server of [nginx, unbufferedNginx, lighttpd, plainLighttpd, apache]) {
  if (!isInstalled(server.program)) {
    console.log(`${server.name}: ${server.program} is not on this machine`);
    continue;
  }
  const recordings = await record(server);
  const name = server.name.toLowerCase().replaceAll(" ", "-");
  await writeFile(
    new URL(`../scgi/fixtures/${name}.json`, import.meta.url),
    `${JSON.stringify(recordings, null, 2)}\n`,
  );
  console.log(`${server.name}: ${recordings.length} requests recorded`);
}

/** @returns a recording of each request that the server passes on */
async function record(server: WebServer): Promise<Recording[]> {
  const directory = await mkdtemp(join(tmpdir(), "recording-"));
  let received = Buffer.alloc(0);
  const recorder = createServer((socket) => {
    socket.setTimeout(silence, () => socket.end("Status: 200 OK\r\nContent-Type: text/plain\r\n\r\n"));
    socket.on("data", (piece) => {
      received = Buffer.concat([received, piece]);
    });
  });
  const backend: Backend =
    server.backend === "unix"
      ? { kind: "unix", path: join(directory, "scgi.sock") }
      : { kind: "tcp", host: "127.0.0.1", port: backendPort };
  recorder.listen(backend);
  await once(recorder, "listening");
  const running = await startWebServer(server, { directory, port: webServerPort, backend });
  const recordings: Recording[] = [];
  for (const request of recordedRequests) {
    received = Buffer.alloc(0);
    await sendHttp(webServerPort, request);
    if (received.length > 0)
      recordings.push({ name: request.name, sent: pieces(received.toString("latin1")) });
  }
  await running.stop();
  recorder.close();
  await rm(directory, { recursive: true });
  return recordings;
}

/** For people to read: a line for each header. What cannot be cut so is left in one piece. */
function pieces(sent: string): readonly string[] {
  const colon = sent.indexOf(":");
  const start = colon + 1;
  const end = start + Number(sent.slice(0, colon));
  const headers = sent.slice(start, end).match(/[^\0]*\0[^\0]*\0/g) ?? [];
  return [sent.slice(0, start), ...headers, sent.slice(end, end + 1), sent.slice(end + 1)];
}
