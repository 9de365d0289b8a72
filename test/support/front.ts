import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

export interface Front extends AsyncDisposable {
  readonly address: string;
  readonly requests: number;
  /** Keeps the answer to a request, the first being 1, to itself until it is released; the gateway has the request by then. */
  hold(request: number): { readonly held: Promise<void>; readonly release: () => void };
}

/** Stands in front of a gateway, as a web server does. */
export async function openFront(gateway: string): Promise<Front> {
  const holds = new Map<number, { readonly held: () => void; readonly released: Promise<void> }>();
  let requests = 0;
  const server = createServer(async (request, response) => {
    requests += 1;
    const hold = holds.get(requests);
    const answer = await fetch(`${gateway}${request.url}`, { method: "POST", body: await buffer(request) });
    const body = await answer.text();
    hold?.held();
    await hold?.released;
    response.writeHead(answer.status).end(body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get requests() {
      return requests;
    },
    hold(request) {
      const held = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      holds.set(request, { held: held.resolve, released: released.promise });
      return { held: held.promise, release: released.resolve };
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
