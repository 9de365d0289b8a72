import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { httpServer } from "../../lib/http/http-server.ts";
import { scgiServer } from "../../lib/scgi/scgi-server.ts";
import type { Door, DoorOptions } from "../../lib/server/door.ts";
import type { ListenAddress } from "../../lib/server/listen-address.ts";
import { postBytes } from "../scgi/scgi-bytes.ts";
import { connectTo, sendTo } from "./raw-client.ts";
import { answering, echo, held, plain, watching } from "./stand-ins.ts";

/** How each protocol says what the tests below have to say. */
const doors = [
  {
    name: "HTTP",
    open: httpServer,
    post: (body: string) =>
      Buffer.from(`POST /message HTTP/1.1\r\nHost: h\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
    status: (answer: string) => Number(/^HTTP\/1\.1 ([0-9]{3}) /.exec(answer)?.[1]),
  },
  {
    name: "SCGI",
    open: scgiServer,
    post: (body: string) => postBytes(body),
    status: (answer: string) => Number(/^Status: ([0-9]{3}) /.exec(answer)?.[1]),
  },
] as const;

const opened: Door[] = [];
let directory = "";

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "postern-doors-"));
});

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(opened.splice(0).map((door) => door.shutdown()));
  await rm(directory, { recursive: true });
});

describe.each(doors)("the $name door", ({ open, post, status }) => {
  const loopback: ListenAddress = { kind: "tcp", host: "127.0.0.1", port: 0 };

  function door(options: Partial<DoorOptions>): Door {
    const made = open({ listen: loopback, handler: echo(), ...options });
    opened.push(made);
    return made;
  }

  async function started(options: Partial<DoorOptions>): Promise<Door> {
    const made = door(options);
    await made.start();
    return made;
  }

  it("answers a request that comes byte by byte", async () => {
    const { address } = await started({});
    const client = await connectTo(address);
    client.socket.setNoDelay(true);
    for (const byte of post("hello")) {
      await new Promise((sent) => client.socket.write(Uint8Array.of(byte), sent));
    }
    expect(await client.until("hello")).toMatch(/\r\n\r\nhello$/);
    client.socket.destroy();
  });

  it("answers a client that closes its side behind its request", async () => {
    const { address } = await started({
      handler: answering(
        (request) => new Promise((resolve) => setImmediate(resolve, plain(request, "late"))),
      ),
    });
    const client = await connectTo(address);
    client.socket.end(post("hello"));
    expect(status(await client.all())).toBe(200);
  });

  it("gives each request an id of its own, whatever the client calls it, and tells it in answer and record", async () => {
    const observer = watching();
    const { address } = await started({ observer });
    await sendOne(address, "a");
    await sendOne(address, "b");
    const records = await observer.finishedTimes(2);
    expect(new Set(records.map(({ id }) => id)).size).toBe(2);
  });

  it("tells the story of an answered request", async () => {
    const observer = watching();
    const { address } = await started({ observer });
    const answer = await sendOne(address, "hello");
    const [record] = await observer.finishedTimes(1);
    expect(record).toMatchObject({
      method: "POST",
      path: "/message",
      status: 200,
      outcome: "answered",
      reason: undefined,
      bytesIn: post("hello").length,
      bytesOut: answer.length,
    });
    expect(answer).toContain(`x-request-id: ${record?.id}`);
    expect(record?.phases.map(([name]) => name)).toEqual(["read", "answered", "closed"]);
  });

  async function sendOne(address: string, body: string): Promise<string> {
    const client = await connectTo(address);
    client.socket.write(post(body));
    const answer = await client.until(`\r\n\r\n${body}`);
    client.socket.end();
    return answer;
  }

  describe("within its time", () => {
    it("answers 408 to a client that is too slow, and closes", async () => {
      const observer = watching();
      const { address } = await started({ timeout: 30, observer });
      const answer = await sendTo(address, post("hello").subarray(0, -2));
      expect(status(answer)).toBe(408);
      expect(answer).toContain('"code":"request_timeout"');
      expect(answer).toMatch(/server-timing: read;dur=/);
      expect(await observer.finishedTimes(1)).toMatchObject([{ outcome: "timed_out", status: 408 }]);
    });

    it("answers 408 to a client that sends nothing, and closes", async () => {
      const { address } = await started({ timeout: 30 });
      expect(status(await sendTo(address, ""))).toBe(408);
    });

    it("counts from the accept, however busily a client trickles", async () => {
      const { address } = await started({ timeout: 60 });
      const client = await connectTo(address);
      const bytes = post("x".repeat(10_000));
      let sent = 0;
      const trickle = setInterval(() => client.socket.write(bytes.subarray(sent, ++sent)), 5);
      expect(status(await client.all())).toBe(408);
      clearInterval(trickle);
      client.socket.destroy();
    });

    it("answers 504 for a handler that does not answer, closes, and ignores what it says later", async () => {
      const handler = held();
      const observer = watching();
      const { address } = await started({ timeout: 30, handler, observer });
      const answer = await sendTo(address, post("hello"));
      expect(status(answer)).toBe(504);
      expect(answer).toContain("safe");
      handler.release();
      expect(await observer.finishedTimes(1)).toMatchObject([{ outcome: "timed_out", status: 504 }]);
    });

    it("tells the handler by when it must answer", async () => {
      const handler = echo();
      const { address } = await started({ timeout: 5_000, handler });
      const before = performance.now();
      await sendOne(address, "hello");
      const [request] = handler.requests;
      expect(request?.deadline).toBeGreaterThan(before + 4_900);
      expect(request?.deadline).toBeLessThan(performance.now() + 5_000);
    });

    it("closes on a client that does not take its answer", async () => {
      const observer = watching();
      const handler = answering(async (request) => plain(request, "x".repeat(30_000_000)));
      const { address } = await started({ timeout: 50, handler, observer });
      const client = await connectTo(address);
      client.socket.pause();
      client.socket.write(post("hello"));
      expect(await observer.finishedTimes(1)).toMatchObject([{ outcome: "timed_out", status: 200 }]);
      client.socket.destroy();
    });
  });

  describe("within its limits", () => {
    it("answers 503 at once to a connection too many, and serves again when there is room", async () => {
      const observer = watching();
      const { address } = await started({ maxConnections: 1, observer });
      const first = await connectTo(address);
      first.socket.write(post("hello").subarray(0, 5));
      const answer = await sendTo(address, post("hello"));
      expect(status(answer)).toBe(503);
      expect(answer).toMatch(/retry-after: [0-9]+/);
      first.socket.destroy();
      await observer.quiet();
      expect(status(await sendOne(address, "hello"))).toBe(200);
    });

    it("takes a body of exactly the limit", async () => {
      const { address } = await started({ maxBody: 5 });
      expect(status(await sendOne(address, "12345"))).toBe(200);
    });

    it("answers 413 to a larger one, readably, though the client sends on and on", async () => {
      const observer = watching();
      const { address } = await started({ maxBody: 5, observer });
      expect(status(await sendTo(address, post("x".repeat(3_000_000))))).toBe(413);
      expect(await observer.finishedTimes(1)).toMatchObject([
        { outcome: "refused", reason: "body_too_large", status: 413, path: "/message" },
      ]);
    });

    it("answers 431 to headers that are too large", async () => {
      const { address } = await started({ maxHeaderBytes: 60 });
      expect(status(await sendTo(address, longHeader(500)))).toBe(431);
    });

    it("answers 431 to too many headers", async () => {
      const { address } = await started({ maxHeaders: 0 });
      expect(status(await sendTo(address, longHeader(1)))).toBe(431);
    });

    function longHeader(length: number): Buffer {
      const value = "v".repeat(length);
      return open === httpServer
        ? Buffer.from(`GET / HTTP/1.1\r\nHost: h\r\nX-Long: ${value}\r\n\r\n`)
        : postBytes("", [["HTTP_X_LONG", value]]);
    }
  });

  describe("with a client that goes away", () => {
    it("tells of a request that never was whole", async () => {
      const observer = watching();
      const begun = Promise.withResolvers<void>();
      const newRequestId = () => {
        begun.resolve();
        return "r";
      };
      const { address } = await started({ observer, newRequestId });
      const client = await connectTo(address);
      client.socket.write(post("hello").subarray(0, -2));
      await begun.promise;
      client.socket.resetAndDestroy();
      expect(await observer.finishedTimes(1)).toMatchObject([
        { id: "r", outcome: "client_gone", status: undefined, bytesIn: post("hello").length - 2 },
      ]);
    });

    it("answers 400 to one that closes its side in the middle of its request", async () => {
      const observer = watching();
      const { address } = await started({ observer });
      const client = await connectTo(address);
      client.socket.end(post("hello").subarray(0, -2));
      expect(status(await client.all())).toBe(400);
      expect(await observer.finishedTimes(1)).toMatchObject([
        { outcome: "refused", reason: "premature_end" },
      ]);
    });

    it("tells of one that was, and lets the handler finish", async () => {
      const handler = held();
      const observer = watching();
      const { address } = await started({ handler, observer });
      const client = await connectTo(address);
      client.socket.write(post("hello"));
      await handler.asked;
      client.socket.resetAndDestroy();
      expect(await observer.finishedTimes(1)).toMatchObject([
        { outcome: "client_gone", status: undefined, path: "/message" },
      ]);
      handler.release();
    });

    it("tells of a connection without a byte as of none that had a request", async () => {
      const observer = watching();
      const { address } = await started({ observer });
      const client = await connectTo(address);
      client.socket.destroy();
      await once(client.socket, "close");
      await sendOne(address, "hello");
      await observer.quiet();
      expect(observer.records).toHaveLength(1);
      expect(observer.silences).toMatchObject([
        { outcome: "silent", status: undefined, path: undefined, bytesIn: 0, bytesOut: 0 },
      ]);
      expect(observer.silences[0]?.phases.map(([name]) => name)).toEqual(["closed"]);
    });

    it("tells of one that went before its head was whole", async () => {
      const observer = watching();
      const { address } = await started({ observer });
      const client = await connectTo(address);
      await new Promise((sent) => client.socket.write(post("hello").subarray(0, 5), sent));
      client.socket.resetAndDestroy();
      await observer.quiet();
      // A reset may overtake what was sent.
      const [record = observer.silences[0]] = observer.records;
      expect(record).toMatchObject({ status: undefined, path: undefined });
      expect([
        ["client_gone", 5],
        ["silent", 0],
      ]).toContainEqual([record?.outcome, record?.bytesIn]);
    });
  });

  it("has told all before it is shut, also of one that was turned away and did not go", async () => {
    const observer = watching();
    const handler = held();
    const opened = await started({ maxConnections: 1, observer, handler });
    const first = await connectTo(opened.address);
    first.socket.write(post("first"));
    await handler.asked;
    const second = await connectTo(opened.address);
    await second.until("503");
    const shut = opened.shutdown();
    handler.release();
    await shut;
    expect(observer.records.map(({ status }) => status).sort()).toEqual([200, 503]);
    expect(observer.open).toBe(0);
    first.socket.destroy();
    second.socket.destroy();
  });

  it("answers 500 for a handler that breaks its promise and rejects", async () => {
    const { address } = await started({ handler: answering(() => Promise.reject(new Error("secret"))) });
    const client = await connectTo(address);
    client.socket.write(post("hello"));
    const answer = await client.until("internal_error");
    expect(status(answer)).toBe(500);
    expect(answer).not.toContain("secret");
    client.socket.destroy();
  });

  describe("when it shuts", () => {
    it("lets a request in flight be answered, and closes", async () => {
      const handler = held();
      const made = await started({ handler });
      const client = await connectTo(made.address);
      client.socket.write(post("hello"));
      await handler.asked;
      const shut = made.shutdown();
      handler.release();
      const answer = await client.all();
      expect(status(answer)).toBe(200);
      client.socket.end();
      await shut;
    });

    it("lets a request that has begun to arrive be sent and answered", async () => {
      const made = await started({});
      const client = await connectTo(made.address);
      const bytes = post("hello");
      client.socket.write(bytes.subarray(0, 10));
      const shut = made.shutdown();
      client.socket.write(bytes.subarray(10));
      expect(status(await client.all())).toBe(200);
      client.socket.end();
      await shut;
    });

    it("answers a request of a client that had connected just before", async () => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
      const made = await started({});
      const client = await connectTo(made.address);
      const shut = made.shutdown();
      // The door no longer looks for others by then.
      for (let turns = 0; turns < 20; turns += 1) await turn();
      client.socket.write(post("hello"));
      expect(status(await client.all())).toBe(200);
      client.socket.end();
      await shut;
    });

    it("answers all whose connections the system has kept for it", async () => {
      const made = await started({});
      const answers = Array.from({ length: 40 }, () => sendTo(made.address, post("hello")));
      // They have connected by then, and none has been accepted.
      await new Promise<void>((resolve) => process.nextTick(resolve));
      const shut = made.shutdown();
      expect((await Promise.all(answers)).map(status)).toEqual(answers.map(() => 200));
      await shut;
    });

    it("answers a request that has arrived and waits for others to be worked on with it", async () => {
      const handler = held();
      const made = await started({ handler });
      const clients = await Promise.all(Array.from({ length: 9 }, () => connectTo(made.address)));
      for (const { socket } of clients.slice(1)) socket.write(post("hello"));
      await expect.poll(() => handler.requests.length).toBe(8);
      clients[0]?.socket.write(post("hello"));
      const shut = made.shutdown();
      await expect.poll(() => handler.requests.length).toBe(9);
      handler.release();
      expect((await Promise.all(clients.map((client) => client.all()))).map(status)).toEqual(
        clients.map(() => 200),
      );
      for (const { socket } of clients) socket.end();
      await shut;
    });

    it("does not wait for a client that sends nothing", async () => {
      const observer = watching();
      const made = await started({ observer });
      const client = await connectTo(made.address);
      await made.shutdown();
      expect(observer.open).toBe(0);
      expect(await client.all()).toBe("");
    });

    it("waits no longer than its timeout for a client that is stuck, or a handler", async () => {
      const observer = watching();
      const made = await started({ timeout: 60, handler: held(), observer });
      const slow = await connectTo(made.address);
      slow.socket.write(post("hello").subarray(0, -1));
      const stuck = await connectTo(made.address);
      stuck.socket.pause();
      stuck.socket.write(post("hello"));
      await made.shutdown();
      expect(observer.open).toBe(0);
      slow.socket.destroy();
      stuck.socket.destroy();
    });

    it("takes no new connections", async () => {
      const made = await started({});
      const { address } = made;
      await made.shutdown();
      await expect(connectTo(address)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    });
  });

  it("starts and shuts in any order, any number of times, also during each other, and leaves nothing behind", async () => {
    const calls = fc.array(
      fc.record({ call: fc.constantFrom("start" as const, "shutdown" as const), wait: fc.nat({ max: 3 }) }),
      { maxLength: 6 },
    );
    const listens: fc.Arbitrary<ListenAddress> = fc.constantFrom(loopback, {
      kind: "unix" as const,
      path: join(directory, "any.sock"),
    });
    await fc.assert(
      fc.asyncProperty(calls, listens, async (calls, listen) => {
        const made = open({ listen, handler: echo() });
        const settled: Promise<void>[] = [];
        for (const { call, wait } of calls) {
          settled.push(made[call]());
          for (let turn = 0; turn < wait; turn += 1) await new Promise((next) => setImmediate(next));
        }
        await Promise.all(settled);
        const serves = calls[0]?.call === "start" && !calls.some(({ call }) => call === "shutdown");
        if (serves) expect(status(await sendOne(made.address, "hello"))).toBe(200);
        else if (made.address !== "") await expect(connectTo(made.address)).rejects.toThrow();
        await made.shutdown();
      }),
      { numRuns: 40 },
    );
  });
});
