import { Agent, request as httpRequest } from "node:http";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { InsertRequest } from "../../lib/application/insert-request.ts";
import { httpServer } from "../../lib/http/http-server.ts";
import type { Door, DoorOptions } from "../../lib/server/door.ts";
import { MemoryBudget } from "../../lib/server/memory-budget.ts";
import { connectTo, sendTo } from "../server/raw-client.ts";
import { answering, echo, held, plain, watching } from "../server/stand-ins.ts";

const opened: Door[] = [];

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(opened.splice(0).map((door) => door.shutdown()));
});

async function started(options: Partial<DoorOptions> = {}): Promise<Door> {
  const door = httpServer({
    listen: { kind: "tcp", host: "127.0.0.1", port: 0 },
    handler: echo(),
    ...options,
  });
  opened.push(door);
  await door.start();
  return door;
}

function post(body: string, headers = ""): string {
  return `POST /${body} HTTP/1.1\r\nHost: h\r\nContent-Length: ${body.length}\r\n${headers}\r\n${body}`;
}

const last = "Connection: close\r\n";

function statuses(answer: string): readonly number[] {
  return [...answer.matchAll(/HTTP\/1\.1 ([0-9]{3}) /g)].map(([, status]) => Number(status));
}

describe("the HTTP door", () => {
  it("says where it listens as a URL", async () => {
    expect((await started()).address).toMatch(/^http:\/\/127\.0\.0\.1:[0-9]+$/);
  });

  it("answers one request after the other on a connection, each with its own story", async () => {
    const observer = watching();
    const { address } = await started({ observer });
    const client = await connectTo(address);
    client.socket.write(post("first"));
    await client.until("\r\n\r\nfirst");
    client.socket.write(post("second"));
    const answers = await client.until("\r\n\r\nsecond");
    client.socket.destroy();
    const records = await observer.finishedTimes(2);
    expect(records.map(({ path, bytesIn }) => [path, bytesIn])).toEqual([
      ["/first", post("first").length],
      ["/second", post("second").length],
    ]);
    expect(records.reduce((sum, { bytesOut }) => sum + bytesOut, 0)).toBe(answers.length);
  });

  it("keeps the order of pipelined requests, whichever the handler finishes first", async () => {
    const first = Promise.withResolvers<void>();
    const handler = answering(async (request) => {
      if (request.path === "/a") await first.promise;
      else first.resolve();
      return plain(request, request.path);
    });
    const { address } = await started({ handler });
    const answer = await sendTo(address, post("a") + post("b", last));
    expect(answer).toMatch(/\r\n\r\n\/aHTTP.*\r\n\r\n\/b$/s);
  });

  it("lets no more pipelined requests be under way than one connection may have, and answers all in their turn", async () => {
    const waiting: (() => void)[] = [];
    const handler = answering(async (request) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return plain(request, request.path);
    });
    const { address } = await started({ handler });
    const client = await connectTo(address);
    const names = Array.from({ length: 100 }, (_, index) => `r${index}`);
    client.socket.write(names.map((name) => post(name)).join("") + post("end", last));
    let most = 0;
    const answers = client.all();
    const release = setInterval(() => {
      most = Math.max(most, waiting.length);
      waiting.shift()?.();
    });
    const paths = [...(await answers).matchAll(/\r\n\r\n\/([a-z0-9]+?)(?=HTTP|$)/g)].map(([, path]) => path);
    clearInterval(release);
    expect(paths).toEqual([...names, "end"]);
    expect(most).toBe(16);
    client.socket.destroy();
  });

  it("lets no more pipelined requests be under way than have heads that are together as large as one may be", async () => {
    const waiting: (() => void)[] = [];
    const handler = answering(async (request) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return plain(request, request.path);
    });
    const { address } = await started({ handler, maxHeaderBytes: 10_000 });
    const client = await connectTo(address);
    const large = `X: ${"x".repeat(4_000)}\r\n`;
    client.socket.write(post("a", large).repeat(20) + post("b").repeat(20) + post("end", large + last));
    const answers = client.all();
    const counts: number[] = [];
    const release = setInterval(() => {
      counts.push(waiting.length);
      waiting.shift()?.();
    });
    expect(statuses(await answers)).toEqual(Array(41).fill(200));
    clearInterval(release);
    expect([Math.max(...counts.slice(0, 15)), Math.max(...counts)]).toEqual([2, 16]);
    client.socket.destroy();
  });

  it("reads the body of a request, however large its head is and whatever is under way before it", async () => {
    const handler = held();
    const { address } = await started({ handler });
    const client = await connectTo(address);
    const body = "b".repeat(100_000);
    const large = `X: ${"x".repeat(60_000)}\r\nTransfer-Encoding: chunked\r\n`;
    client.socket.write(
      `${post("a")}POST /b HTTP/1.1\r\nHost: h\r\n${large}\r\n186a0\r\n${body}\r\n0\r\n\r\n`,
    );
    await expect.poll(() => handler.requests.map((request) => request.body.length)).toEqual([1, 100_000]);
    client.socket.destroy();
    handler.release();
  });

  it("gives a request its whole time from the answer before it when its head was not read to the end until then", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const handler = held();
    const { address } = await started({ handler, timeout: 20_000, maxHeaderBytes: 10_000 });
    const client = await connectTo(address);
    const large = `X: ${"x".repeat(8_000)}\r\n`;
    client.socket.write(post("a", large) + post("b", large + last));
    await handler.asked;
    for (let turns = 0; turns < 20; turns += 1) await turn();
    vi.advanceTimersByTime(19_000);
    const answeredAt = performance.now();
    handler.release();
    expect(statuses(await client.all())).toEqual([200, 200]);
    expect(handler.requests[1]?.deadline).toBe(answeredAt + 20_000);
    client.socket.destroy();
  });

  it("does not read what a client pipelines behind those that are under way", async () => {
    const handler = held();
    const { address } = await started({ handler });
    const client = await connectTo(address);
    client.socket.write(post("a").repeat(200_000));
    await handler.asked;
    for (let turns = 0; turns < 50; turns += 1) await turn();
    expect(handler.requests).toHaveLength(16);
    expect(client.socket.writableLength).toBeGreaterThan(0);
    client.socket.destroy();
    handler.release();
  });

  it("lets a wish for a tunnel wait its turn, and reads nothing behind it", async () => {
    const handler = held();
    const observer = watching();
    const { address } = await started({ handler, observer });
    const client = await connectTo(address);
    client.socket.write(`${post("a")}${post("b")}CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n${post("c")}`);
    await handler.asked;
    handler.release();
    const answer = await client.all();
    expect(statuses(answer)).toEqual([200, 200, 400]);
    expect(answer).toContain('"code":"invalid_target"');
    client.socket.destroy();
    await observer.quiet();
    expect(observer.records.map(({ status, outcome }) => [status, outcome])).toEqual([
      [200, "answered"],
      [200, "answered"],
      [400, "refused"],
    ]);
  });

  it("tells of a client that goes while its wish for a tunnel waits, and keeps nothing of it", async () => {
    const handler = held();
    const observer = watching();
    const memory = new MemoryBudget(1_000);
    const { address } = await started({ handler, observer, memory });
    const client = await connectTo(address);
    client.socket.write(`${post("a")}CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n`);
    await handler.asked;
    await turn();
    client.socket.resetAndDestroy();
    await observer.quiet();
    handler.release();
    expect(observer.records).toMatchObject([{ path: "/a", outcome: "client_gone" }]);
    await expect.poll(() => memory.held).toBe(0);
  });

  it("keeps nothing of uploads that wait in a row on a connection that breaks", async () => {
    const handler = held();
    const observer = watching();
    const memory = new MemoryBudget(1_000);
    const { address } = await started({ handler, observer, memory });
    const client = await connectTo(address);
    client.socket.write(post("12345") + post("123") + post("1234").slice(0, -1));
    await handler.asked;
    await expect.poll(() => memory.held).toBe(11);
    client.socket.resetAndDestroy();
    await observer.quiet();
    handler.release();
    await expect.poll(() => memory.held).toBe(0);
  });

  it("answers a wish for another protocol as if there were none, in its turn, and closes", async () => {
    const { address } = await started();
    const upgrade = post("b", "Connection: Upgrade\r\nUpgrade: h2c\r\n");
    const client = await connectTo(address);
    client.socket.write(post("a") + upgrade + post("c"));
    const answer = await client.all();
    expect(answer).toMatch(/\r\n\r\naHTTP.*\r\nconnection: close\r\n.*\r\n\r\nb$/is);
    client.socket.destroy();
  });

  it("answers what is whole before it gives up on what is broken behind it, and says so", async () => {
    const handler = held();
    const { address } = await started({ handler });
    const client = await connectTo(address);
    client.socket.write(`${post("a")}GARBAGE\r\n\r\n`);
    await handler.asked;
    await turn();
    handler.release();
    const answer = await client.all();
    expect(statuses(answer)).toEqual([200, 400]);
    expect(answer).toMatch(/\r\n\r\nlateHTTP.*"code":"invalid_http"\}$/s);
    client.socket.destroy();
  });

  it.each([
    ["no HTTP", "GARBAGE\r\n\r\n", 400, "invalid_http"],
    ["an SCGI request", "24:CONTENT_LENGTH\x000\0SCGI\x001\0,", 400, "invalid_http"],
    ["two different lengths", post("a", "Content-Length: 2\r\n"), 400, "invalid_http"],
    ["a length besides chunks", post("a", "Transfer-Encoding: chunked\r\n"), 400, "invalid_http"],
    [
      "a length that is no number",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\na",
      400,
      "invalid_http",
    ],
    [
      "a header folded over two lines",
      "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n",
      400,
      "invalid_http",
    ],
    ["a space before a header's colon", "GET / HTTP/1.1\r\nHost: h\r\nX : a\r\n\r\n", 400, "invalid_http"],
    ["no Host", "GET / HTTP/1.1\r\n\r\n", 400, "invalid_host"],
    ["a target without a path", "GET x HTTP/1.1\r\nHost: h\r\n\r\n", 400, "invalid_target"],
    ["an empty target", "GET  HTTP/1.1\r\nHost: h\r\n\r\n", 400, "invalid_target"],
    ["a target that cannot be decoded", "GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n", 400, "invalid_target"],
    ["a wish for a tunnel", "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", 400, "invalid_target"],
    [
      "chunks with more said of them than is in them",
      `POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;${"x".repeat(17_000)}\r\na\r\n0\r\n\r\n`,
      413,
      "body_too_large",
    ],
    [
      "a broken chunk",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
      400,
      "invalid_http",
    ],
  ])("says of %j: a problem, and closes", async (_, bytes, status, code) => {
    const observer = watching();
    const { address } = await started({ observer });
    const answer = await sendTo(address, bytes);
    expect(statuses(answer)).toEqual([status]);
    expect(answer).toContain("content-type: application/problem+json\r\n");
    expect(answer.toLowerCase()).toContain("connection: close\r\n");
    expect(answer).toContain(`"code":"${code}"`);
    expect(await observer.finishedTimes(1)).toMatchObject([{ outcome: "refused", reason: code }]);
  });

  it.each([
    ["that cannot be decoded", post("%zz")],
    ["with two hosts", post("a", "Host: i\r\n")],
    ["with a body that is too large", post("hello")],
    [
      "with chunks that are too much",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ],
  ])("does nothing for what comes behind a request %s, with it or after its answer", async (_, refused) => {
    const handler = echo();
    const { address } = await started({ handler, maxBody: 4 });
    for (const together of [true, false]) {
      const client = await connectTo(address);
      client.socket.write(together ? refused + post("b") : refused);
      await client.until("}");
      if (!together) client.socket.write(post("b"));
      expect(statuses(await client.all())).toHaveLength(1);
      await turn();
      client.socket.destroy();
    }
    expect(handler.requests).toEqual([]);
  });

  it.each([
    ["that says so", post("a", last), 200],
    ["of HTTP/1.0", "POST /a HTTP/1.0\r\nContent-Length: 1\r\n\r\na", 200],
    ["that says so, and no length", `POST /a HTTP/1.1\r\nHost: h\r\n${last}\r\na`, 200],
    ["with an offer to speak something else", post("a", "Connection: Upgrade\r\nUpgrade: h2c\r\n"), 200],
    ["that is refused unread", post("%zz"), 400],
    ["that is no HTTP", "GARBAGE\r\n\r\n", 400],
  ])(
    "takes off what a client sends behind the last request, one %s, and does not reset it",
    async (_, request, status) => {
      const handler = echo();
      const observer = watching();
      const { address } = await started({ handler, observer });
      const client = await connectTo(address);
      client.socket.write(`${request}\r\nbc`);
      expect(statuses(await client.all())).toEqual([status]);
      for (const late of ["\r\n", post("b"), "\r\n"]) {
        await new Promise((sent) => client.socket.write(late, sent));
      }
      client.socket.end();
      await observer.quiet();
      expect(client.socket.errored).toBeNull();
      expect(observer.records).toHaveLength(1);
      expect(handler.requests.length).toBeLessThanOrEqual(1);
    },
  );

  it.each([
    ["the absolute form of a target", "http://example.org/message?a"],
    ["an asterisk", "*"],
  ])("takes %s", async (_, target) => {
    const handler = echo();
    const { address } = await started({ handler });
    const answer = await sendTo(address, `OPTIONS ${target} HTTP/1.1\r\nHost: h\r\n${last}\r\n`);
    expect(statuses(answer)).toEqual([200]);
    expect(handler.requests[0]?.path).toBe(target === "*" ? "*" : "/message");
  });

  // RFC 9112 §6.3: so 411 is never said. What the core says of an empty body, it says through every door.
  it("takes a request that says no length for one without a body", async () => {
    const handler = echo();
    const { address } = await started({ handler });
    const answer = await sendTo(address, `POST /message HTTP/1.1\r\nHost: h\r\n${last}\r\n`);
    expect(statuses(answer)).toEqual([200]);
    expect(handler.requests.map(({ body }) => body.length)).toEqual([0]);
  });

  it("takes an upload in chunks, up to the limit", async () => {
    const { address } = await started({ maxBody: 10 });
    const head = `POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n${last}\r\n`;
    expect(await sendTo(address, `${head}5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n`)).toMatch(
      /\r\n\r\nhelloworld$/,
    );
    expect(statuses(await sendTo(address, `${head}5\r\nhello\r\n6\r\nworld!\r\n0\r\n\r\n`))).toEqual([413]);
  });

  const inChunks = (count: number, chunk: string) =>
    `POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n${last}\r\n` +
    `${`${chunk.length}\r\n${chunk}\r\n`.repeat(count)}0\r\n\r\n`;

  // Python's JSON encoder writes each token by itself, and its HTTP clients each as a chunk.
  it.each([
    [15_000, "x"],
    [60_000, "xxxx"],
  ])("takes an upload in %i chunks of %j", async (count, chunk) => {
    const handler = echo();
    const { address } = await started({ handler });
    expect(statuses(await sendTo(address, inChunks(count, chunk)))).toEqual([200]);
    expect(handler.requests[0]?.body.length).toBe(count * chunk.length);
  });

  it("refuses an upload in too many chunks that are too small, and reads nothing behind it", async () => {
    const handler = echo();
    const observer = watching();
    const { address } = await started({ handler, observer });
    const answer = await sendTo(address, inChunks(100_000, "x") + post("b"));
    expect(statuses(answer)).toEqual([413]);
    expect(answer).toContain('"code":"too_many_chunks"');
    expect(handler.requests).toEqual([]);
    expect(await observer.finishedTimes(1)).toMatchObject([{ outcome: "refused", status: 413 }]);
  });

  it("asks for the body of a client that waits to be asked", async () => {
    const { address } = await started();
    const client = await connectTo(address);
    const request = post("hello", `Expect: 100-continue\r\n${last}`);
    client.socket.write(request.slice(0, -5));
    await client.until("HTTP/1.1 100 Continue\r\n\r\n");
    client.socket.write("hello");
    expect(await client.all()).toMatch(/200 OK.*\r\n\r\nhello$/s);
    client.socket.destroy();
  });

  it("does not ask for a body that is too large", async () => {
    const { address } = await started({ maxBody: 4 });
    const request = post("hello", "Expect: 100-continue\r\n");
    expect(statuses(await sendTo(address, request.slice(0, -5)))).toEqual([413]);
  });

  it("answers HEAD without a body and keeps the connection", async () => {
    const handler = answering(async (request) => plain(request, ""));
    const { address } = await started({ handler });
    const head = "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n";
    const answer = await sendTo(address, head + head.replace("\r\n\r\n", `\r\n${last}\r\n`));
    expect(statuses(answer)).toEqual([200, 200]);
    expect(answer).toMatch(/^(?:HTTP\/1\.1 200 OK\r\n(?:[^\r\n]+\r\n)+\r\n){2}$/);
    expect(answer).not.toMatch(/content-length|transfer-encoding/i);
  });

  it("gives the next request on a connection its whole time, and closes an idle one without a word", async () => {
    const observer = watching();
    const { address } = await started({ timeout: 60, observer });
    const client = await connectTo(address);
    client.socket.write(post("a"));
    await client.until("\r\n\r\na");
    client.socket.write(post("bc").slice(0, -1));
    const answer = await client.all();
    expect(statuses(answer)).toEqual([200, 408]);
    client.socket.destroy();

    const idle = await connectTo(address);
    idle.socket.write(post("a"));
    expect(statuses(await idle.all())).toEqual([200]);
    idle.socket.destroy();
    await observer.quiet();
    expect(observer.records.map(({ status }) => status)).toEqual([200, 408, 200]);
  });

  it("gives a request its whole time that begins when its connection has been idle for nearly as long", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const { address } = await started({ timeout: 1_000 });
    const client = await connectTo(address);
    client.socket.write(post("a"));
    await client.until("\r\n\r\na");
    vi.advanceTimersByTime(999);
    const [head, body] = post("b", `Expect: 100-continue\r\n${last}`).split("\r\n\r\n");
    client.socket.write(`${head}\r\n\r\n`);
    await client.until("100 Continue");
    vi.advanceTimersByTime(999);
    client.socket.write(`${body}`);
    expect(statuses(await client.all())).toEqual([200, 100, 200]);
    client.socket.destroy();
  });

  it("reads a request behind as many as may be under way when one has ended, and refuses it in its turn", async () => {
    const handler = held();
    const observer = watching();
    const { address } = await started({ handler, observer });
    const client = await connectTo(address);
    const broken =
      "POST /b HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n";
    client.socket.write(post("a").repeat(16) + broken);
    await handler.asked;
    handler.release();
    expect(statuses(await client.all())).toEqual([...Array(16).fill(200), 100, 400]);
    client.socket.end();
    await observer.quiet();
  });

  describe("a connection that is kept", () => {
    const [head = "", body = ""] = post("b", last).split("\r\n\r\n");

    async function kept({ handler = echo(), observer = watching() } = {}) {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
      const { address } = await started({ timeout: 20_000, handler, observer });
      const client = await connectTo(address);
      client.socket.setNoDelay(true);
      client.socket.write(post("a"));
      await client.until("\r\n\r\na");
      const passes = async (milliseconds: number) => {
        // What was written is read within these turns of the event loop.
        for (let turns = 0; turns < 20; turns += 1) await turn();
        vi.advanceTimersByTime(milliseconds);
      };
      await passes(5_900);
      return { client, passes };
    }

    it("gives a next request its whole time from its first byte, however it pauses", async () => {
      const { client, passes } = await kept();
      client.socket.write(head.slice(0, 7));
      await passes(10_000);
      client.socket.write(`${head.slice(7)}\r\n\r\n`);
      await passes(9_900);
      client.socket.write(body);
      expect(statuses(await client.all())).toEqual([200, 200]);
      client.socket.destroy();
    });

    it("tells the core a deadline for a next request, and how long it was read, that count from its first byte", async () => {
      const handler = echo();
      const { client, passes } = await kept({ handler });
      const begunAt = performance.now();
      client.socket.write(head.slice(0, 7));
      await passes(8_000);
      client.socket.write(`${head.slice(7)}\r\n\r\n`);
      await passes(1_000);
      client.socket.write(body);
      await client.all();
      const [, request] = handler.requests;
      expect(request?.deadline).toBe(begunAt + 20_000);
      expect(request?.phases.durations[0]).toEqual(["read", 9_000]);
      client.socket.destroy();
    });

    it("gives a next request that began behind another its time from that one's answer, and tells the core so", async () => {
      const slow = Promise.withResolvers<void>();
      const handler = answering(async (request) => {
        if (request.path === "/slow") await slow.promise;
        return plain(request, request.path.slice(1));
      });
      const { client, passes } = await kept({ handler });
      client.socket.write(post("slow") + head.slice(0, 7));
      await passes(15_000);
      slow.resolve();
      await client.until("\r\n\r\nslow");
      const answeredAt = performance.now();
      await passes(15_000);
      client.socket.write(`${head.slice(7)}\r\n\r\n${body}`);
      expect(statuses(await client.all())).toEqual([200, 200, 200]);
      expect(handler.requests[2]?.deadline).toBe(answeredAt + 20_000);
      client.socket.destroy();
    });

    it("is told 408 when the head of a next request does not come in its time, for which it was read", async () => {
      const observer = watching();
      const { client, passes } = await kept({ observer });
      client.socket.write(head);
      await passes(20_000);
      expect(statuses(await client.all())).toEqual([200, 408]);
      client.socket.destroy();
      await passes(1_000);
      const [, record] = observer.records;
      expect(record).toMatchObject({ status: 408 });
      expect(record?.phases[0]).toEqual(["read", 20_000]);
    });

    it("is told 408 when a next request has begun and does not come in its one time", async () => {
      const { client, passes } = await kept();
      client.socket.write(head.slice(0, 7));
      await passes(10_000);
      client.socket.write(`${head.slice(7)}\r\n\r\n`);
      await passes(10_000);
      expect(statuses(await client.all())).toEqual([200, 408]);
      client.socket.destroy();
    });

    const noBody = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
    const chunked = "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n\r\n\r\n0\r\n";

    it.each([
      ["one without a body", [noBody]],
      ["one that says its length", [post("a")]],
      ["one in chunks", [`${chunked}\r\n`]],
      ["one with a trailer", [`${chunked}X: y\r\n\r\n`]],
      ["one whose head's last line comes in two", [noBody.slice(0, -1), "\n"]],
      ["one whose chunks' last line comes in two", [`${chunked}\r`, "\n"]],
      ["one whose last line comes by itself", [noBody.slice(0, -2), "\r\n"]],
      ["several", [`${noBody}${post("b")}${chunked}\r\n${noBody}`]],
    ])("gives a next request its whole time whose beginning comes with the end of %s", async (_, before) => {
      const { client, passes } = await kept();
      for (const [index, piece] of before.entries()) {
        const isLast = index === before.length - 1;
        client.socket.write(isLast ? piece + head.slice(0, 7) : piece);
        await passes(0);
      }
      await passes(10_000);
      client.socket.write(`${head.slice(7)}\r\n\r\n${body}`);
      const requests = before.join("").split(" HTTP/1.1").length + 1;
      expect(statuses(await client.all())).toEqual(Array(requests).fill(200));
      client.socket.destroy();
    });

    it.each([
      ["nothing", ""],
      ["no more than an empty line", "\r\n"],
    ])("is closed after six seconds when %s comes with the end of a request", async (_, nothing) => {
      const { client, passes } = await kept();
      client.socket.write(`${chunked}\r\n${nothing}`);
      await passes(0);
      await passes(6_000);
      expect(statuses(await client.all())).toEqual([200, 200]);
      client.socket.destroy();
    });

    it.each(["", "\r\n"])(
      "is closed after six seconds with nothing but %j, without a word",
      async (nothing) => {
        const { client, passes } = await kept();
        client.socket.write(nothing);
        await passes(100);
        expect(statuses(await client.all())).toEqual([200]);
        client.socket.destroy();
      },
    );
  });

  it("answers all that came on a connection before it shuts, and says with the last that it is", async () => {
    const handler = held();
    const door = await started({ handler });
    const client = await connectTo(door.address);
    client.socket.write(post("a") + post("b") + post("c"));
    await expect.poll(() => handler.requests.length).toBe(3);
    const shut = door.shutdown();
    await turn();
    handler.release();
    const answers = await client.all();
    expect(statuses(answers)).toEqual([200, 200, 200]);
    expect(answers.toLowerCase().split("connection: close\r\n")).toHaveLength(2);
    expect(answers.toLowerCase().lastIndexOf("connection: close")).toBeGreaterThan(
      answers.lastIndexOf("HTTP/1.1"),
    );
    client.socket.end();
    await shut;
  });

  it("serves what was on its way on a kept connection when it shuts, as the last", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const door = await started();
    const client = await connectTo(door.address);
    client.socket.write(post("a"));
    await client.until("\r\n\r\na");
    const shut = door.shutdown();
    for (let turns = 0; turns < 20; turns += 1) await turn();
    client.socket.write(post("b"));
    const answers = await client.all();
    expect(statuses(answers)).toEqual([200, 200]);
    expect(answers.toLowerCase().split("connection: close\r\n")).toHaveLength(2);
    client.socket.end();
    await shut;
  });

  it("closes kept connections soon when it shuts, and tells busy ones that they are on their last answer", async () => {
    const handler = held();
    const door = await started({ handler });
    const idle = await connectTo(door.address);
    const busy = await connectTo(door.address);
    idle.socket.write("GET /%zz HTTP/1.0\r\n\r\n");
    busy.socket.write(post("a"));
    await handler.asked;
    const shut = door.shutdown();
    await turn();
    handler.release();
    expect((await busy.all()).toLowerCase()).toContain("connection: close\r\n");
    idle.socket.destroy();
    busy.socket.end();
    await shut;
  });

  it("says with none that it is the last while another is on its way when it shuts", async () => {
    const handler = held();
    const door = await started({ handler });
    const client = await connectTo(door.address);
    const next = post("b");
    client.socket.write(post("a") + next.slice(0, 7));
    await handler.asked;
    const shut = door.shutdown();
    await turn();
    handler.release();
    expect((await client.until("\r\n\r\n")).toLowerCase()).not.toContain("connection: close");
    client.socket.write(next.slice(7));
    const answers = await client.all();
    expect(statuses(answers)).toEqual([200, 200]);
    expect(answers.toLowerCase()).toContain("connection: close");
    client.socket.end();
    await shut;
  });

  it("asks nothing behind the answer that it has said to be the last, also while that waits for another", async () => {
    const answers = new Map<string, PromiseWithResolvers<void>>();
    const handler = {
      async handle({ body }: InsertRequest) {
        const answer = Promise.withResolvers<void>();
        answers.set(String(Buffer.from(body)), answer);
        await answer.promise;
        return { status: 200 as const, headers: {}, body: "answer" };
      },
    };
    const door = await started({ handler });
    const client = await connectTo(door.address);
    client.socket.write(post("a") + post("b"));
    await expect.poll(() => [...answers.keys()]).toEqual(["a", "b"]);
    const shut = door.shutdown();
    await turn();
    answers.get("b")?.resolve();
    await turn();
    client.socket.write(post("c"));
    for (let turns = 0; turns < 20; turns += 1) await turn();
    answers.get("a")?.resolve();
    expect(statuses(await client.all())).toEqual([200, 200]);
    expect([...answers.keys()]).toEqual(["a", "b"]);
    client.socket.end();
    await shut;
  });

  it("shuts soon also where an empty line came behind a request with a large head", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const handler = held();
    const door = await started({ handler, maxHeaderBytes: 300 });
    const client = await connectTo(door.address);
    client.socket.write(post("a").replace("\r\n", `\r\nSpaces:${" ".repeat(400)}\r\n`));
    client.socket.write("\r\n");
    await handler.asked;
    const shut = door.shutdown();
    for (let turns = 0; turns < 20; turns += 1) await turn();
    handler.release();
    expect(statuses(await client.all())).toEqual([200]);
    client.socket.end();
    await shut;
  });

  it("serves a request whose beginning came with the end of another before it shuts", async () => {
    const door = await started();
    const client = await connectTo(door.address);
    const next = post("b");
    client.socket.write(post("a") + next.slice(0, 7));
    await client.until("\r\n\r\na");
    const shut = door.shutdown();
    for (let turns = 0; turns < 20; turns += 1) await turn();
    client.socket.write(next.slice(7));
    expect(statuses(await client.all())).toEqual([200, 200]);
    client.socket.end();
    await shut;
  });

  it("serves an ordinary client that keeps its connections", async () => {
    const { address } = await started();
    const agent = new Agent({ keepAlive: true, maxSockets: 2 });
    const sent = Array.from({ length: 20 }, (_, index) => `body ${index}`);
    const received = await Promise.all(
      sent.map(
        (body) =>
          new Promise<string>((resolve, reject) => {
            const request = httpRequest(address, { method: "POST", agent }, (response) => {
              let text = "";
              response.on("data", (piece) => {
                text += piece;
              });
              response.on("end", () => resolve(text));
            });
            request.on("error", reject);
            request.end(body);
          }),
      ),
    );
    agent.destroy();
    expect(received).toEqual(sent);
  });
});
