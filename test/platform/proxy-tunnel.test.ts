import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { openTunnel } from "../../lib/platform/proxy-tunnel.ts";

const clients: Socket[] = [];
const servers: Server[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** A proxy that says these bytes, in one piece, to whatever it is asked. */
async function proxySaying(bytes: string): Promise<URL> {
  const server = createServer((client) => {
    clients.push(client);
    client.once("data", () => client.write(bytes));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  servers.push(server);
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

const never = new AbortController().signal;

it("passes on what the server says together with the proxy's answer", async () => {
  const proxy = await proxySaying("HTTP/1.1 200 OK\r\n\r\nhello");
  const tunnel = await openTunnel(proxy, "server.test:443", never);
  expect(String((await once(tunnel, "data"))[0])).toBe("hello");
  tunnel.destroy();
});

it.each([
  ["HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "ERR_PROXY_REFUSED", / answers 407 /],
  [
    "HTTP/1.1 502 Bad Gateway\r\n\r\n",
    "ERR_PROXY",
    / answers 502 Bad Gateway to a tunnel to server\.test:443$/,
  ],
  ["SSH-2.0-OpenSSH_9.2\r\n", "ERR_PROXY", /^the proxy 127\.0\.0\.1:\d+: /],
])("fails where the proxy says %j", async (bytes, code, message) => {
  const proxy = await proxySaying(bytes);
  await expect(openTunnel(proxy, "server.test:443", never)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
});

it("is given up with its connection", async () => {
  const proxy = await proxySaying("");
  const giveUp = new AbortController();
  const tunnel = openTunnel(proxy, "server.test:443", giveUp.signal);
  await expect.poll(() => clients.length).toBe(1);
  giveUp.abort(new Error("enough"));
  await expect(tunnel).rejects.toThrow(/enough$/);
  await expect.poll(() => clients[0]?.readyState).toBe("closed");
});
