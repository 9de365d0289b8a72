import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { classifyCallError } from "../../../lib/queue/sqs/classify-error.ts";
import { HttpPool } from "../../../lib/queue/sqs/http-pool.ts";

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

const request = { path: "/path", headers: { "x-name": "value" }, body: "body" };
const unending = new AbortController().signal;

/** A server that answers each whole request by `answer`, with bytes of its own. */
async function serverThat(answer: (socket: Socket, request: number) => void) {
  const sockets: Socket[] = [];
  const received: string[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    let text = "";
    socket.on("error", () => {});
    socket.on("data", (piece) => {
      text += piece;
      if (!text.endsWith("\r\n\r\nbody")) return;
      received.push(text);
      text = "";
      answer(socket, received.length);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  stops.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets, received };
}

function poolTo(origin: string, idleTimeout = 10_000) {
  const pool = new HttpPool({ origin, connections: 2, connectTimeout: 500, idleTimeout });
  stops.push(() => pool.destroy());
  return pool;
}

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

/** Of the event loop, in each of which what was written to a connection can be read from it. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe("HttpPool", () => {
  it("sends requests on connections that it keeps, and gives their answers whole", async () => {
    const server = await serverThat((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nDate: then\r\nContent-Length: 6\r\n\r\n");
      // A character in two pieces.
      const text = Buffer.from("a\u{1f388}b");
      socket.write(text.subarray(0, 3));
      setImmediate(() => socket.write(text.subarray(3)));
    });
    const pool = poolTo(server.origin);
    for (let count = 0; count < 3; count += 1) {
      const answer = await pool.post(request, unending);
      expect(answer).toMatchObject({ statusCode: 200, headers: { date: "then" }, body: "a\u{1f388}b" });
    }
    expect(server.sockets.length).toBeLessThan(3);
    expect(server.received[0]).toMatch(
      /^POST \/path HTTP\/1.1\r\n(.*\r\n)*x-name: value\r\n(.*\r\n)*\r\nbody$/,
    );
  });

  it("passes over what an answer may begin with", async () => {
    const server = await serverThat((socket) =>
      socket.write(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
      ),
    );
    expect(await poolTo(server.origin).post(request, unending)).toMatchObject({
      statusCode: 200,
      body: "ok",
    });
  });

  it("waits no longer for a connection than it shall", async () => {
    // Of TLS, to which nobody answers.
    const server = await serverThat(() => {});
    const failure = await failureOf(poolTo(server.origin.replace("http:", "https:")).post(request, unending));
    expect(failure).toMatchObject({ name: "NotSentError", message: "no connection within 0.5 seconds" });
  });

  it.each([302, 503])("gives an answer with status %i as any other", async (statusCode) => {
    const head = `HTTP/1.1 ${statusCode} \r\nLocation: /other\r\nContent-Length: 2\r\n\r\nno`;
    const server = await serverThat((socket) => socket.write(head));
    expect(await poolTo(server.origin).post(request, unending)).toMatchObject({ statusCode, body: "no" });
    expect(server.received.length).toBe(1);
  });

  it.each([
    ["breaks off", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", true],
    ["does not end", `HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n${"x".repeat(1_100_000)}`, false],
    ["is no HTTP after its head", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", false],
  ])("gives the head of an answer whose body %s", async (_, bytes, closes) => {
    const server = await serverThat((socket) => (closes ? socket.end(bytes) : socket.write(bytes)));
    const answer = await poolTo(server.origin).post(request, unending);
    expect(answer).toMatchObject({ statusCode: 200, body: undefined });
    expect(answer.failure).toBeInstanceOf(Error);
  });

  it.each([
    ["closes", (socket: Socket) => socket.end()],
    ["resets", (socket: Socket) => socket.resetAndDestroy()],
    ["answers something else", (socket: Socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n")],
  ])("cannot tell what became of a request when the server %s, and sends it once", async (_, answer) => {
    const server = await serverThat(answer);
    const failure = await failureOf(poolTo(server.origin).post(request, unending));
    expect(failure).toBeInstanceOf(Error);
    expect(classifyCallError(failure)).toBe("unknown");
    expect(server.received.length).toBe(1);
  });

  it("gives a request up when it is told to, before or in the middle of its answer, and its connection with it", async () => {
    const closed: Promise<unknown>[] = [];
    const server = await serverThat((socket, number) => {
      closed.push(once(socket, "close"));
      if (number === 2) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort");
      void turns(10).then(() => giveUps[number - 1]?.abort(new Error(`given up ${number}`)));
    });
    const pool = poolTo(server.origin);
    const giveUps = [new AbortController(), new AbortController()];
    const [first, second] = giveUps.map(({ signal }) => signal);
    const failure = await failureOf(pool.post(request, first ?? unending));
    expect(failure).toMatchObject({ message: "given up 1" });
    expect(classifyCallError(failure)).toBe("unknown");
    expect(await pool.post(request, second ?? unending)).toMatchObject({
      statusCode: 200,
      failure: { message: "given up 2" },
    });
    await Promise.all(closed);
  });

  it("knows that nothing was sent where there is no connection", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    const refused = await failureOf(poolTo(`http://127.0.0.1:${port}`).post(request, unending));
    expect(refused).toMatchObject({ name: "NotSentError", code: "ECONNREFUSED" });
    expect(classifyCallError(refused)).toBe("retry");
  });

  it("sends nothing any more once it was told to give up while it was connecting", async () => {
    const server = await serverThat(() => {});
    const giveUp = new AbortController();
    const pool = poolTo(server.origin);
    const failure = failureOf(pool.post(request, giveUp.signal));
    giveUp.abort(new Error("no answer within 2 seconds"));
    expect(await failure).toMatchObject({ name: "NotSentError", message: "no answer within 2 seconds" });
    expect(classifyCallError(await failure)).toBe("retry");
    // The pool is well after that.
    void pool.post(request, unending).catch(() => {});
    await expect.poll(() => server.received.length).toBe(1);
  });

  it("sends nothing for one that has given up before", async () => {
    const server = await serverThat(() => {});
    const pool = poolTo(server.origin);
    const failure = await failureOf(pool.post(request, AbortSignal.abort(new Error("too late"))));
    expect(failure).toMatchObject({ name: "NotSentError", message: "too late" });
    await turns(10);
    expect(server.sockets).toEqual([]);
  });

  it("fails what is under way when it is destroyed", async () => {
    const server = await serverThat(() => pool.destroy());
    const pool = poolTo(server.origin);
    expect(classifyCallError(await failureOf(pool.post(request, unending)))).toBe("unknown");
  });

  it("keeps no connection longer than it shall, also where the server offers to", async () => {
    const server = await serverThat((socket) =>
      socket.write("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=60\r\nContent-Length: 0\r\n\r\n"),
    );
    await poolTo(server.origin, 50).post(request, unending);
    await once(server.sockets[0] as Socket, "close");
  });
});
