import { describe, expect, it } from "vitest";
import { outboundProxy } from "../../lib/platform/outbound-proxy.ts";

const proxyOf = (server: string, environment: NodeJS.ProcessEnv) =>
  outboundProxy(new URL(server), environment)?.href;
const proxy = "http://proxy.example:3128/";

describe("outboundProxy", () => {
  it("is none without a variable for the protocol", () => {
    expect(proxyOf("https://sqs.example", {})).toBeUndefined();
    expect(
      proxyOf("https://sqs.example", { HTTPS_PROXY: "", HTTP_PROXY: proxy, ALL_PROXY: proxy }),
    ).toBeUndefined();
    expect(proxyOf("http://gateway.example", { HTTPS_PROXY: proxy })).toBeUndefined();
  });

  it.each([
    ["https", "HTTPS_PROXY"],
    ["https", "https_proxy"],
    ["http", "HTTP_PROXY"],
    ["http", "http_proxy"],
  ])("is for %s what %s says", (protocol, name) => {
    expect(proxyOf(`${protocol}://host.example`, { [name]: proxy })).toBe(proxy);
  });

  it("takes the small letters where there are both", () => {
    expect(proxyOf("https://sqs.example", { https_proxy: proxy, HTTPS_PROXY: "http://other" })).toBe(proxy);
    expect(proxyOf("https://sqs.example", { https_proxy: "", HTTPS_PROXY: proxy })).toBe(proxy);
  });

  it("takes a proxy without a protocol for one of HTTP", () => {
    expect(proxyOf("https://sqs.example", { HTTPS_PROXY: "proxy.example:3128" })).toBe(proxy);
    expect(proxyOf("https://sqs.example", { HTTPS_PROXY: "user:secret@10.0.0.1:3128" })).toBe(
      "http://user:secret@10.0.0.1:3128/",
    );
    expect(proxyOf("https://sqs.example", { HTTPS_PROXY: "https://proxy.example" })).toBe(
      "https://proxy.example/",
    );
  });

  it.each([
    "socks5://user:secret@proxy.example",
    "http://",
    "http://user:secret@",
    "http://proxy.example:secret",
  ])("refuses %s, and does not repeat it", (value) => {
    const wrong = () => proxyOf("https://sqs.example", { HTTPS_PROXY: value });
    expect(wrong).toThrow(
      "HTTPS_PROXY must be the URL of an HTTP proxy, such as http://proxy.example.org:3128",
    );
    expect(wrong).not.toThrow("secret");
  });

  const direct: readonly (readonly [exceptions: string, server: string])[] = [
    ["*", "https://sqs.example"],
    ["sqs.example", "https://sqs.example"],
    ["SQS.Example", "https://sqs.example"],
    ["example", "https://sqs.example"],
    [".example", "https://sqs.example"],
    ["*.example", "https://sqs.example"],
    ["other,sqs.example", "https://sqs.example"],
    [" other  sqs.example ,", "https://sqs.example"],
    ["sqs.example:443", "https://sqs.example"],
    ["sqs.example:8443", "https://sqs.example:8443"],
    [".example:80", "http://sqs.example"],
    ["sqs.example.", "https://sqs.example"],
    [".example.", "https://sqs.example."],
    ["10.0.0.1", "https://10.0.0.1"],
    ["10.0.0.0/8", "https://10.255.0.1"],
    ["10.0.0.0/8:443", "https://10.255.0.1"],
    ["fd00::1", "https://[fd00::1]"],
    ["[fd00::1]", "https://[fd00::1]"],
    ["[fd00::1]:443", "https://[fd00::1]"],
    ["fd00::/8", "https://[fd12::1]"],
    ["FD00:0::01", "https://[fd00::1]"],
    ["[fd00:0:0::1]:443", "https://[fd00::1]"],
    ["münchen.example", "https://sqs.münchen.example"],
    ["xn--mnchen-3ya.example", "https://münchen.example"],
    ["my_host.example", "https://my_host.example"],
  ];
  it.each(direct)("is none by NO_PROXY=%s for %s", (exceptions, server) => {
    const environment = { HTTPS_PROXY: proxy, HTTP_PROXY: proxy };
    expect(proxyOf(server, { ...environment, NO_PROXY: exceptions })).toBeUndefined();
    expect(proxyOf(server, { ...environment, no_proxy: exceptions })).toBeUndefined();
  });

  const proxied: readonly (readonly [exceptions: string, server: string])[] = [
    ["", "https://sqs.example"],
    [",. :443", "https://sqs.example"],
    ["qs.example", "https://sqs.example"],
    ["sqs.example.org", "https://sqs.example"],
    ["sqs", "https://sqs.example"],
    ["sqs.example:80", "https://sqs.example"],
    ["sqs.example:8443", "https://sqs.example"],
    ["10.0.0.0/8", "https://11.0.0.1"],
    ["0.0.1", "https://10.0.0.1"],
    ["10.0.0.0/8", "https://10.example"],
    ["10.0.0.0/99", "https://10.0.0.1"],
    ["10.0.0.0/", "https://10.0.0.1"],
    ["0.0.0.0/0", "https://[fd00::1]"],
    ["sqs.example/8", "https://sqs.example"],
    ["fd00::2", "https://[fd00::1]"],
  ];
  it.each(proxied)("is not changed by NO_PROXY=%s for %s", (exceptions, server) => {
    expect(proxyOf(server, { HTTPS_PROXY: proxy, NO_PROXY: exceptions })).toBe(proxy);
  });

  it.each(["localhost", "postern.localhost", "127.0.0.1", "127.1.2.3", "[::1]"])(
    "is none for this machine: %s",
    (host) => {
      expect(proxyOf(`https://${host}:4566`, { HTTPS_PROXY: proxy })).toBeUndefined();
    },
  );
});
