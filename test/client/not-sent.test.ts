import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import type { Gateway } from "../../lib/client/gateway.ts";
import { httpGateway } from "../../lib/client/http-gateway.ts";
import { scgiGateway } from "../../lib/client/scgi-gateway.ts";
import { NotSentError } from "../../lib/platform/not-sent-error.ts";

const onConnection = { do: (_: Socket): void => {} };
const server = createServer((socket) => onConnection.do(socket));
afterEach(() => server.close());

const never = new AbortController().signal;
const body = Buffer.from("{}\n");

const gateways: readonly [string, (port: number) => Gateway][] = [
  ["HTTP", (port) => httpGateway("", new URL(`http://127.0.0.1:${port}/messages`), false)],
  ["HTTPS", (port) => httpGateway("", new URL(`https://127.0.0.1:${port}/messages`), false)],
  ["SCGI", (port) => scgiGateway("", { host: "127.0.0.1", port })],
];

async function listening(): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

it.each(gateways)(
  "is known by %s of a request for which nobody listened, or that came too late",
  async (_, open) => {
    const gateway = open(1);
    await expect(gateway.post(body, never)).rejects.toBeInstanceOf(NotSentError);
    await expect(gateway.post(body, never)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
    await expect(gateway.post(body, AbortSignal.abort())).rejects.toBeInstanceOf(NotSentError);
  },
);

it("is known of a request for which no TLS came about", async () => {
  onConnection.do = (socket) => void socket.on("error", () => {}).end("HTTP/1.1 400 Bad Request\r\n\r\n");
  const gateway = httpGateway("", new URL(`https://127.0.0.1:${await listening()}/`), false);
  await expect(gateway.post(body, never)).rejects.toBeInstanceOf(NotSentError);
});

it.each(gateways.filter(([kind]) => kind !== "HTTPS"))(
  "is not said by %s of what may have arrived",
  async (_, open) => {
    onConnection.do = (socket) => void socket.on("error", () => {}).once("data", () => socket.destroy());
    const sent = open(await listening()).post(body, never);
    await expect(sent).rejects.toThrow();
    await expect(sent).rejects.not.toBeInstanceOf(NotSentError);
  },
);

it("is not said of a request on a connection that was there", async () => {
  let requests = 0;
  onConnection.do = (socket) =>
    void socket
      .on("error", () => {})
      .on("data", () => {
        requests += 1;
        if (requests === 1) socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        else socket.destroy();
      });
  const gateway = httpGateway("", new URL(`http://127.0.0.1:${await listening()}/`), false);
  await gateway.post(body, never);
  const sent = gateway.post(body, never);
  await expect(sent).rejects.toThrow();
  await expect(sent).rejects.not.toBeInstanceOf(NotSentError);
  expect(requests).toBe(2);
});
