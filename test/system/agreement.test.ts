import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { httpServer } from "../../lib/http/http-server.ts";
import { systemClock } from "../../lib/message/clock.ts";
import { scgiServer } from "../../lib/scgi/scgi-server.ts";
import type { Door } from "../../lib/server/door.ts";
import { anyRequest } from "../contract/any-request.ts";
import { comparedHeaders } from "../contract/compared-headers.ts";
import { type ContractRequest, maxBody, now, prefix } from "../contract/contract-requests.ts";
import { RecordingApplication } from "../contract/recording-application.ts";
import { isInstalled } from "../support/daemon.ts";
import { freePort } from "../support/free-port.ts";
import { apache } from "./web-servers/apache.ts";
import { type HttpReply, sendHttp } from "./web-servers/http-client.ts";
import { lighttpd } from "./web-servers/lighttpd.ts";
import { nginx, unbufferedNginx } from "./web-servers/nginx.ts";
import { startWebServer } from "./web-servers/web-server.ts";

const runs = 300;

const clock = { now: () => now, monotonic: systemClock.monotonic };
const application = new RecordingApplication(clock);
const settings = { handler: application, clock, prefix, maxBody };

const servers = [nginx, unbufferedNginx, lighttpd, apache];
// On a machine that must have all, what is missing is a failure and no reason to leave out.
const present = servers.filter(({ program }) => isInstalled(program) || process.env["CI"] !== undefined);
const missing = servers.filter((server) => !present.includes(server)).map(({ name }) => name);

const resources = new AsyncDisposableStack();
let direct: number;
const ports = new Map<string, number>();
beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), "agreement-"));
  resources.defer(() => rm(directory, { recursive: true, force: true }));
  const unix = { kind: "unix", path: join(directory, "scgi.sock") } as const;
  const tcp = { kind: "tcp", host: "127.0.0.1", port: await freePort() } as const;
  await open(scgiServer({ ...settings, listen: unix }));
  await open(scgiServer({ ...settings, listen: tcp }));
  const door = httpServer({ ...settings, listen: { kind: "tcp", host: "127.0.0.1", port: 0 } });
  await open(door);
  direct = Number(new URL(door.address).port);

  for (const server of present) {
    const port = await freePort();
    const own = await mkdtemp(join(directory, "web-server-"));
    const backend = server.backend === "unix" ? unix : tcp;
    const running = await startWebServer(server, { directory: own, port, backend });
    resources.defer(() => running.stop());
    ports.set(server.name, port);
  }
});
afterAll(() => resources.disposeAsync());

async function open(door: Door): Promise<void> {
  await door.start();
  resources.defer(() => door.shutdown());
}

async function answer(port: number, request: ContractRequest) {
  const { status, headers, body } = await sendHttp(port, request);
  const compared = new Map(comparedHeaders(headers));
  // The web server's own: lighttpd offers ranges of a 200 to GET that it has whole when it begins to answer.
  for (const name of ["server", "accept-ranges"]) compared.delete(name);
  return {
    answer: { status, headers: compared, body, pushed: application.taken() },
    isOwn: isOwn({ headers }),
  };
}

/** Web servers refuse by themselves what they hold for dangerous, such as `%2f`, or cannot pass on: all that is ours has an id. */
function isOwn({ headers }: Pick<HttpReply, "headers">): boolean {
  return !headers.has("x-request-id");
}

/** lighttpd passes no empty header on: beside others of its name it is a part of what the others are told. */
function cannotTell(name: string, { headers }: ContractRequest): boolean {
  const hasEmptyPart = headers.some(
    ([header, value]) => value === "" && headers.filter(([other]) => other === header).length > 1,
  );
  return name === lighttpd.name && hasEmptyPart;
}

const leftOut = missing.length === 0 ? "" : ` (left out: ${missing.join(", ")} not on this machine)`;
it.skipIf(present.length === 0)(
  `the same request has the same answer behind every web server${leftOut}`,
  async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(anyRequest, async (request) => {
        const { answer: expected } = await answer(direct, request);
        for (const [name, port] of ports) {
          if (cannotTell(name, request)) continue;
          const { answer: got, isOwn } = await answer(port, request);
          if (isOwn) {
            expect(got, name).toMatchObject({ status: expect.toBeOneOf([400, 404, 411]), pushed: [] });
            continue;
          }
          expect(got, name).toEqual(expected);
          compared += 1;
        }
      }),
      { numRuns: runs },
    );
    // None of them may refuse so much that nothing is left to compare.
    expect(compared).toBeGreaterThan((runs * ports.size) / 2);
  },
);
