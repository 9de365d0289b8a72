import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { httpGateway } from "../../lib/client/http-gateway.ts";
import { transportFailure } from "../../lib/client/transport-failure.ts";

let answer: Buffer;
const server = createServer((socket) => void socket.on("error", () => {}).end(answer));
afterEach(() => server.close());

/** What is said of a server that answers so. */
async function failureAt(protocol: "http" | "https", bytes: Buffer): Promise<string> {
  answer = bytes;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = new URL(`${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}/messages`);
  const { post } = httpGateway("", url, false);
  return await post(Buffer.from("{}\n"), new AbortController().signal).then(() => "", transportFailure);
}

/** RFC 8446 §6.2: a fatal alert of this number. */
const alert = (number: number) => Buffer.from([0x15, 3, 3, 0, 2, 2, number]);

describe("transportFailure", () => {
  it("says in plain words that a server does not speak what was asked for", async () => {
    const failure = await failureAt("https", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"));
    expect(failure).toBe("it does not speak TLS");
  });

  it("says what TLS fails by, without what OpenSSL says around it", async () => {
    const failure = await failureAt("https", alert(40));
    expect(failure).toBe("TLS fails: ssl/tls alert handshake failure");
  });

  it("says that what is no HTTP is none", async () => {
    expect(await failureAt("http", alert(10))).toBe("it does not speak HTTP");
  });

  it("says what can be done about an authority that is not trusted", () => {
    const hint = "; if the root CA is installed locally, try running Node.js with --use-system-ca";
    const failure = Object.assign(new Error(`self-signed certificate${hint}`), {
      code: "DEPTH_ZERO_SELF_SIGNED_CERT",
    });
    expect(transportFailure(failure)).toBe(
      "self-signed certificate; if it is signed by an authority of your own, set NODE_USE_SYSTEM_CA=1 to trust those that this system trusts, or NODE_EXTRA_CA_CERTS",
    );
  });

  it("looks for the reason in what an error was caused by, or put together from", () => {
    const refused = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
    expect(transportFailure(new Error("aborted", { cause: refused }))).toBe("nobody listens there");
    expect(transportFailure(new AggregateError([refused]))).toBe("nobody listens there");
    expect(transportFailure(new Error("something else"))).toBe("something else");
  });
});
