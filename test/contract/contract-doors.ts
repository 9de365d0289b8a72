import { mkdtemp, rm } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InsertHandler } from "../../lib/application/insert-request.ts";
import { httpServer } from "../../lib/http/http-server.ts";
import type { Clock } from "../../lib/message/clock.ts";
import { scgiServer } from "../../lib/scgi/scgi-server.ts";
import { type ContractRequest, clientAddress, maxBody, prefix } from "./contract-requests.ts";
import { nginxEnviron, scgiExchange } from "./scgi-client.ts";

export interface Reply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** A way in, as the suite drives it: from a client's request to its reply. */
export interface ContractDoor {
  send(request: ContractRequest): Promise<Reply>;
  close(): Promise<void>;
}

export type OpenDoor = (handler: InsertHandler, clock: Clock) => Promise<ContractDoor>;

const openHttp: OpenDoor = async (handler, clock) => {
  const door = httpServer({
    listen: { kind: "tcp", host: "127.0.0.1", port: 0 },
    handler,
    clock,
    prefix,
    maxBody: maxBody,
  });
  await door.start();
  const { hostname, port } = new URL(door.address);
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        const outgoing = httpRequest(
          { hostname, port, method: request.method, path: request.target, agent: false },
          (response) => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("end", () =>
              resolve({
                status: response.statusCode ?? 0,
                headers: new Map(
                  Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
                ),
                body: Buffer.concat(chunks).toString(),
              }),
            );
          },
        );
        for (const name of new Set(request.headers.map(([header]) => header))) {
          outgoing.setHeader(
            name,
            request.headers.filter(([header]) => header === name).map(([, value]) => value),
          );
        }
        outgoing.on("error", reject);
        outgoing.setHeader("Content-Length", request.body.length);
        outgoing.end(request.body);
      }),
    close: () => door.shutdown(),
  };
};

const openScgi: OpenDoor = async (handler, clock) => {
  const directory = await mkdtemp(join(tmpdir(), "postern-"));
  const path = join(directory, "scgi.sock");
  const door = scgiServer({ listen: { kind: "unix", path }, handler, clock, prefix, maxBody: maxBody });
  await door.start();
  return {
    send: (request) => scgiExchange(path, nginxEnviron(request, clientAddress), request.body),
    async close() {
      await door.shutdown();
      await rm(directory, { recursive: true });
    },
  };
};

/** Every door, by the name that a failing test shows. */
export const contractDoors: Readonly<Record<string, OpenDoor>> = { HTTP: openHttp, SCGI: openScgi };
