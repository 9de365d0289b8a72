import { once } from "node:events";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import tls from "node:tls";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type OutboundOptions, outboundAgent } from "../../lib/platform/outbound-agent.ts";
import { startProxy, type TestProxy, type TunnelFate } from "../support/proxy.ts";
import { proxyCertificate, serverCertificate } from "../support/tls/certificate.ts";

const server = https.createServer(serverCertificate(), (request, response) =>
  response.end(`${request.method} ${request.url}`),
);
const stops: (() => void)[] = [];
let proxy: TestProxy;

beforeEach(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  proxy = await startProxy((server.address() as AddressInfo).port);
  vi.stubEnv("HTTPS_PROXY", `http://${proxy.host}`);
  vi.stubEnv("HTTP_PROXY", `http://${proxy.host}`);
  tls.setDefaultCACertificates([serverCertificate().cert.toString()]);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  tls.setDefaultCACertificates(tls.getCACertificates("bundled"));
  for (const stop of stops.splice(0)) stop();
  proxy.stop();
  server.closeAllConnections();
  server.close();
});

const agentFor = (url: string, options: OutboundOptions = {}) => {
  const agent = outboundAgent(new URL(url), { keepAlive: true, tunnelTimeout: 5_000, ...options });
  stops.push(() => agent.destroy());
  return agent;
};

async function get(url: string, agent: http.Agent): Promise<string> {
  const request = (url.startsWith("https:") ? https : http).request(url, { agent });
  const answered = once(request, "response") as Promise<[IncomingMessage]>;
  request.end();
  const [response] = await answered;
  return `${response.statusCode} ${await text(response)}`;
}

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as NodeJS.ErrnoException,
  );

/** Until it is so. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe("outboundAgent", () => {
  it("reaches a server by HTTPS through a tunnel, which it keeps for the next request", async () => {
    const agent = agentFor("https://sqs.test");
    expect(await get("https://sqs.test/one", agent)).toBe("200 GET /one");
    await until(() => Object.keys(agent.freeSockets).length > 0);
    expect(await get("https://sqs.test/two", agent)).toBe("200 GET /two");
    expect(proxy.asked).toEqual([{ target: "sqs.test:443", authorization: undefined }]);
  });

  it("says to the proxy who it is, when it knows", async () => {
    vi.stubEnv("HTTPS_PROXY", `http://us%40er:50%of@${proxy.host}`);
    await get("https://sqs.test:8443/", agentFor("https://sqs.test:8443"));
    const authorization = `Basic ${Buffer.from("us@er:50%of").toString("base64")}`;
    expect(proxy.asked).toEqual([{ target: "sqs.test:8443", authorization }]);
  });

  it("speaks TLS to a proxy that wants it, under the name of the proxy", async () => {
    const secure = await startProxy((server.address() as AddressInfo).port, proxyCertificate());
    stops.push(() => secure.stop());
    vi.stubEnv("HTTPS_PROXY", `https://${secure.host.replace("127.0.0.1", "localhost")}`);
    const trusted = [serverCertificate(), proxyCertificate()].map(({ cert }) => cert.toString());
    tls.setDefaultCACertificates(trusted);
    expect(await get("https://sqs.test/one", agentFor("https://sqs.test"))).toBe("200 GET /one");
    expect(secure.asked).toEqual([{ target: "sqs.test:443", authorization: undefined }]);
    tls.setDefaultCACertificates(trusted.slice(0, 1));
    const failure = await failureOf(get("https://sqs.test/", agentFor("https://sqs.test")));
    expect(failure).toMatchObject({
      code: "ERR_PROXY_REFUSED",
      message: expect.stringMatching(/^the proxy localhost:\d+: self-signed certificate; if it is signed by/),
    });
  });

  it("has the proxy pass requests on that are not by HTTPS", async () => {
    vi.stubEnv("HTTP_PROXY", `http://us%40er:50%of@${proxy.host}`);
    const answer = await get("http://gateway.test:8080/message", agentFor("http://gateway.test:8080"));
    expect(answer).toBe("203 from the proxy");
    const authorization = `Basic ${Buffer.from("us@er:50%of").toString("base64")}`;
    expect(proxy.asked).toEqual([{ target: "GET http://gateway.test:8080/message", authorization }]);
  });

  it("goes straight to what needs no proxy", async () => {
    const { port } = server.address() as AddressInfo;
    const agent = agentFor("https://0.0.0.0");
    vi.stubEnv("NO_PROXY", "0.0.0.0");
    expect(await get(`https://0.0.0.0:${port}/`, agent)).toBe("200 GET /");
    expect(proxy.asked).toEqual([]);
  });

  it("trusts no server through a tunnel whose certificate is another's", async () => {
    const failure = await failureOf(get("https://sqs.example/", agentFor("https://sqs.example")));
    expect(failure?.code).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
  });

  const failures: readonly (readonly [fate: TunnelFate, code: string, message: string])[] = [
    [407, "ERR_PROXY_REFUSED", " answers 407 Proxy Authentication Required to a tunnel to sqs.test:443"],
    [403, "ERR_PROXY_REFUSED", " answers 403 Forbidden to a tunnel to sqs.test:443"],
    [503, "ERR_PROXY", " answers 503 Service Unavailable to a tunnel to sqs.test:443"],
    ["break", "ERR_PROXY", ": socket hang up"],
  ];
  it.each(failures)("says which proxy gives no tunnel, and why: %s", async (fate, code, words) => {
    vi.stubEnv("HTTPS_PROXY", `http://user:secret@${proxy.host}`);
    proxy.fate = fate;
    const failure = await failureOf(get("https://sqs.test/", agentFor("https://sqs.test")));
    expect(failure).toMatchObject({ code, message: `the proxy ${proxy.host}${words}` });
    await until(() => proxy.open() === 0);
  });

  it("says that the proxy cannot be reached", async () => {
    proxy.stop();
    const failure = await failureOf(get("https://sqs.test/", agentFor("https://sqs.test")));
    expect(failure?.message).toBe(`the proxy ${proxy.host}: connect ECONNREFUSED ${proxy.host}`);
  });

  it("says what TLS fails by when the tunnel breaks", async () => {
    proxy.fate = "break_behind";
    const failure = await failureOf(get("https://sqs.test/", agentFor("https://sqs.test")));
    expect(failure).toMatchObject({ code: "ECONNRESET" });
    await until(() => proxy.open() === 0);
  });

  it.each<TunnelFate>(["silence", "silence_behind"])(
    "waits for a connection no longer than it shall, and keeps none of it: %s",
    async (fate) => {
      proxy.fate = fate;
      const agent = agentFor("https://sqs.test", { tunnelTimeout: 30 });
      const failure = await failureOf(get("https://sqs.test/", agent));
      expect(failure).toMatchObject({
        code: "ERR_PROXY",
        message: `the proxy ${proxy.host}: no connection to sqs.test:443 within 0.03 seconds`,
      });
      await until(() => proxy.open() === 0);
    },
  );

  it.each<TunnelFate>(["silence", "silence_behind"])(
    "gives up what it is making when it is destroyed: %s",
    async (fate) => {
      proxy.fate = fate;
      const agent = agentFor("https://sqs.test");
      const failure = failureOf(get("https://sqs.test/", agent));
      await until(() => proxy.asked.length > 0);
      agent.destroy();
      expect(await failure).toMatchObject({ message: `the proxy ${proxy.host}: closed` });
      await until(() => proxy.open() === 0);
    },
  );

  it("refuses a proxy that it cannot use", () => {
    vi.stubEnv("HTTP_PROXY", "socks5://proxy.example");
    expect(() => agentFor("http://gateway.test")).toThrow("HTTP_PROXY must be the URL of an HTTP proxy");
    vi.stubEnv("HTTPS_PROXY", "socks5://proxy.example");
    expect(() => agentFor("https://gateway.test")).toThrow("HTTPS_PROXY must be the URL of an HTTP proxy");
  });
});
