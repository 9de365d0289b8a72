import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import tls, { createServer as createTlsServer } from "node:tls";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, it, vi } from "vitest";
import { httpGateway } from "../../lib/client/http-gateway.ts";
import { transportFailure } from "../../lib/client/transport-failure.ts";
import { NotSentError } from "../../lib/platform/not-sent-error.ts";
import { startProxy, type TunnelFate } from "../support/proxy.ts";
import { serverCertificate } from "../support/tls/certificate.ts";

interface Received {
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  readonly port: number | undefined;
}

const received: Received[] = [];
const server = createServer(async (request, response) => {
  received.push({ headers: request.headers, body: await buffer(request), port: request.socket.remotePort });
  if (request.url === "/moved") response.writeHead(308, { location: "/elsewhere" }).end();
  else response.writeHead(503, { "Retry-After": "5" }).end("an answer");
});
afterEach(() => {
  vi.unstubAllEnvs();
  received.length = 0;
  server.closeAllConnections();
  server.close();
});

async function gateway(path: string, compress: boolean) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return httpGateway("an address", new URL(path, `http://127.0.0.1:${port}`), compress);
}

const never = new AbortController().signal;
const body = Buffer.from('{"a": 1}\n'.repeat(500));

describe("httpGateway", () => {
  it("posts NDJSON, compressed where that is worth it, on one connection", async () => {
    const { post } = await gateway("/messages", true);
    const answer = await post(body, never);
    expect([answer.status, answer.headers.get("retry-after"), answer.body]).toEqual([503, "5", "an answer"]);
    await post(Buffer.from("{}\n"), never);
    const [large, small] = received;
    expect(large?.headers).toMatchObject({
      "content-type": "application/x-ndjson",
      "content-encoding": "gzip",
    });
    expect(gunzipSync(large?.body ?? "")).toEqual(body);
    expect(small?.headers["content-encoding"]).toBeUndefined();
    expect(small?.body.toString()).toBe("{}\n");
    expect(small?.port).toBe(large?.port);
  });

  it("leaves nothing behind on the connection that it goes on with", async () => {
    const warnings: Error[] = [];
    const collect = (warning: Error) => void warnings.push(warning);
    process.on("warning", collect);
    const { post } = await gateway("/messages", false);
    for (let request = 0; request < 12; request += 1) await post(body, never);
    await new Promise(setImmediate);
    process.off("warning", collect);
    expect(warnings).toEqual([]);
    expect(new Set(received.map(({ port }) => port)).size).toBe(1);
  });

  it("sends as they are what need not cross a network", async () => {
    await (await gateway("/messages", false)).post(body, never);
    expect(received[0]?.body).toEqual(body);
  });

  it("follows no redirect", async () => {
    const { status } = await (await gateway("/moved", false)).post(body, never);
    expect([status, received.length]).toEqual([308, 1]);
  });

  it("goes through the proxy of the environment", async () => {
    const proxy = await startProxy(0);
    vi.stubEnv("HTTP_PROXY", `http://${proxy.host}`);
    const { post } = httpGateway("", new URL("http://gateway.test/messages"), false);
    expect((await post(body, never)).body).toBe("from the proxy");
    expect(proxy.asked[0]?.target).toBe("POST http://gateway.test/messages");
    proxy.stop();
    const away = httpGateway("", new URL("http://gateway.test/messages"), false);
    const failure: unknown = await away.post(body, never).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NotSentError);
    expect(transportFailure(failure)).toBe(`the proxy ${proxy.host}: connect ECONNREFUSED ${proxy.host}`);
  });

  it("knows through a proxy too whether there was a connection", async () => {
    const secure = createTlsServer(serverCertificate(), (client) => {
      client.once("data", () => client.destroy());
    }).listen(0, "127.0.0.1");
    await once(secure, "listening");
    const proxy = await startProxy((secure.address() as AddressInfo).port);
    vi.stubEnv("HTTPS_PROXY", `http://${proxy.host}`);
    tls.setDefaultCACertificates([serverCertificate().cert.toString()]);
    const { post } = httpGateway("", new URL("https://gateway.test/messages"), false);
    await expect(post(body, never)).rejects.not.toBeInstanceOf(NotSentError);
    proxy.fate = 403;
    const failure: unknown = await post(body, never).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NotSentError);
    expect(transportFailure(failure)).toBe(
      `the proxy ${proxy.host} answers 403 Forbidden to a tunnel to gateway.test:443`,
    );
    tls.setDefaultCACertificates(tls.getCACertificates("bundled"));
    proxy.stop();
    secure.close();
  });

  it.each<TunnelFate>(["silence", "silence_behind"])(
    "gives up when it is told to while the proxy makes no connection: %s",
    async (fate) => {
      const proxy = await startProxy(0);
      proxy.fate = fate;
      vi.stubEnv("HTTPS_PROXY", `http://${proxy.host}`);
      const { post } = httpGateway("", new URL("https://gateway.test/messages"), false);
      const giveUp = new AbortController();
      const failure = post(body, giveUp.signal).catch((error: unknown) => error);
      while (proxy.asked.length === 0) await new Promise(setImmediate);
      giveUp.abort();
      expect(await failure).toBeInstanceOf(NotSentError);
      while (proxy.open() > 0) await new Promise(setImmediate);
      proxy.stop();
    },
  );

  it("gives up when it is told to", async () => {
    const { post } = await gateway("/messages", false);
    await expect(post(body, AbortSignal.abort())).rejects.toThrow(/abort/);
  });
});
