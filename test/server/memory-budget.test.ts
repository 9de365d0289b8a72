import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { httpServer } from "../../lib/http/http-server.ts";
import { scgiServer } from "../../lib/scgi/scgi-server.ts";
import type { Door, DoorOptions } from "../../lib/server/door.ts";
import { MemoryBudget } from "../../lib/server/memory-budget.ts";
import { postBytes } from "../scgi/scgi-bytes.ts";
import { connectTo, sendTo } from "./raw-client.ts";
import { answering, echo, held, plain, watching } from "./stand-ins.ts";

const doors = [
  {
    name: "HTTP",
    open: httpServer,
    post: (body: string) =>
      Buffer.from(`POST /message HTTP/1.1\r\nHost: h\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
    get: Buffer.from("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"),
  },
  {
    name: "SCGI",
    open: scgiServer,
    post: (body: string) => postBytes(body),
    get: postBytes(""),
  },
] as const;

const opened: Door[] = [];

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(opened.splice(0).map((door) => door.shutdown()));
});

interface Client {
  /** Of the body: more than `maxBody` at times. */
  readonly length: number;
  /** How much of the request is sent, and in how many pieces. */
  readonly share: number;
  readonly pieces: number;
  readonly ending: "wait" | "end" | "destroy" | "reset";
}

const client: fc.Arbitrary<Client> = fc.record({
  length: fc.integer({ min: 1, max: 5_000 }),
  share: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
  pieces: fc.integer({ min: 1, max: 3 }),
  ending: fc.constantFrom("wait", "end", "destroy", "reset"),
});

describe("the budget", () => {
  it("keeps room for small requests, whatever large ones hold and answers take", () => {
    const memory = new MemoryBudget(100_000);
    // Of those that have been, nothing is left of what they took.
    for (let request = 0; request < 100; request += 1) {
      const before = memory.lend();
      before.hold(500);
      before.end();
    }
    const large = memory.lend();
    while (large.hold(1_000));
    expect(memory.held).toBeGreaterThan(75_000);
    expect(memory.held).toBeLessThan(80_000);
    large.overdraw(1_000_000);
    const small = Array.from({ length: 100 }, () => memory.lend());
    expect(small.filter((loan) => loan.hold(500)).length).toBeGreaterThan(40);
    for (const loan of [large, ...small]) loan.end();
    expect(memory.held).toBe(0);
  });

  it("never lends more than its limit, and all of it again and again", () => {
    const step = fc.record({
      loan: fc.nat(9),
      bytes: fc.oneof(fc.nat(100), fc.nat(50_000)),
      ends: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 200 }),
        fc.integer({ min: 1, max: 100_000 }),
        (steps, limit) => {
          const memory = new MemoryBudget(limit);
          const loans = Array.from({ length: 10 }, () => ({ loan: memory.lend(), held: 0 }));
          for (const { loan: index, bytes, ends } of steps) {
            const borrower = loans[index];
            if (borrower === undefined) continue;
            if (ends) borrower.loan.end();
            if (ends) borrower.held = 0;
            else if (borrower.loan.hold(bytes)) borrower.held += bytes;
            expect(memory.held).toBe(loans.reduce((sum, { held }) => sum + held, 0));
            expect(memory.held).toBeLessThanOrEqual(limit);
          }
          for (const { loan } of loans) loan.end();
          const small = Array.from({ length: 100 }, () => memory.lend());
          expect(small.every((loan) => loan.hold(Math.floor(limit / 100)))).toBe(true);
        },
      ),
    );
  });
});

describe.each(doors)("the memory of bodies at the $name door", ({ open, post, get }) => {
  async function started(options: Partial<DoorOptions>): Promise<Door> {
    const door = open({
      listen: { kind: "tcp", host: "127.0.0.1", port: 0 },
      handler: echo(),
      ...options,
    });
    opened.push(door);
    await door.start();
    return door;
  }

  it("is counted by what has arrived, and one that goes beyond is answered 503 at once, to come back later", async () => {
    const memory = new MemoryBudget(1_000);
    const observer = watching();
    const { address } = await started({ memory, observer });
    const first = await connectTo(address);
    first.socket.write(post("x".repeat(900)).subarray(0, -1));
    await expect.poll(() => memory.held).toBe(899);

    const answer = await sendTo(address, post("y".repeat(103)).subarray(0, -1));
    expect(answer).toMatch(/^(?:HTTP\/1\.1|Status:) 503 /);
    expect(answer).toContain('"code":"too_much_in_flight"');
    expect(answer).toMatch(/retry-after: [0-9]+\r\n/);
    expect(await observer.finishedTimes(1)).toMatchObject([
      { outcome: "refused", reason: "too_much_in_flight" },
    ]);
    expect(memory.held).toBe(899);

    // Those that fit, and those that bring no body, are none the worse for it.
    const fitting = await connectTo(address);
    fitting.socket.write(post("fits"));
    expect(await fitting.until("fits")).toMatch(/ 200 OK\r\n/);
    fitting.socket.destroy();
    expect(await sendTo(address, get)).toMatch(/ 200 OK\r\n/);

    first.socket.write("x");
    expect(await first.until("xxx")).toMatch(/ 200 OK\r\n/);
    first.socket.destroy();
    await expect.poll(() => memory.held).toBe(0);
  });

  it("is held as long as the handler holds a body whose client has gone or was told 504, and no longer", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const memory = new MemoryBudget(1_000);
    const observer = watching();
    const handler = held();
    const { address } = await started({ memory, observer, handler, timeout: 40 });
    const gone = await connectTo(address);
    gone.socket.write(post("12345"));
    await handler.asked;
    gone.socket.destroy();
    const late = sendTo(address, post("123"));
    await expect.poll(() => handler.requests.length).toBe(2);
    vi.advanceTimersByTime(40);
    expect(await late).toMatch(/^(?:HTTP\/1\.1|Status:) 504 /);
    // It tells its observer a little later, when nobody waits.
    await expect
      .poll(() => {
        vi.advanceTimersByTime(15);
        return observer.open;
      })
      .toBe(0);
    expect(memory.held).toBe(8);
    handler.release();
    await expect.poll(() => memory.held).toBe(0);
  });

  it("counts what the handler makes of a body, and an answer until its client has taken it", async () => {
    const memory = new MemoryBudget(100);
    const observer = watching();
    const handler = answering(async (request) => {
      expect([request.memory.hold(90), request.memory.hold(90)]).toEqual([true, false]);
      expect(memory.held).toBe(95);
      return plain(request, "x".repeat(30_000_000));
    });
    const { address } = await started({ memory, observer, handler });
    const client = await connectTo(address);
    client.socket.pause();
    client.socket.write(post("12345"));
    await expect.poll(() => memory.held).toBe(30_000_000);
    client.socket.destroy();
    await observer.quiet();
    expect(memory.held).toBe(0);
  });

  it("is whole again after requests that end at any stage", async () => {
    const memory = new MemoryBudget(6_000);
    const observer = watching();
    let most = 0;
    const handler = answering(async (request) => {
      most = Math.max(most, memory.held);
      for (let turns = request.body.length % 3; turns > 0; turns -= 1) await turn();
      if (request.body.length % 5 === 0) throw new Error("broken");
      return plain(request, "");
    });
    const { address } = await started({ memory, observer, handler, timeout: 60, maxBody: 4_000 });
    const behave = async ({ length, share, pieces, ending }: Client) => {
      const { socket } = await connectTo(address);
      const closed = once(socket, "close");
      // Before anything is sent: the door may end it, refused or overdue, before the last piece is out.
      socket.once("end", () => socket.end());
      const bytes = post("x".repeat(length));
      const sent = Math.ceil(bytes.length * share);
      for (let piece = 0; piece < pieces; piece += 1) {
        const [start, end] = [piece, piece + 1].map((part) => Math.floor((sent * part) / pieces));
        if (!socket.destroyed) {
          await new Promise((written) => socket.write(bytes.subarray(start, end), written));
        }
        await turn();
      }
      if (ending === "end") socket.end();
      else if (ending === "destroy") socket.destroy();
      else if (ending === "reset") socket.resetAndDestroy();
      await closed;
    };
    await fc.assert(
      fc.asyncProperty(fc.array(client, { minLength: 40, maxLength: 120 }), async (clients) => {
        await Promise.all(clients.map(behave));
        await observer.quiet();
        await expect.poll(() => memory.held).toBe(0);
      }),
      { numRuns: 20 },
    );
    expect(most).toBeLessThanOrEqual(6_000);
    // It was about both: those that fit, and those that did not.
    const reasons = new Set(observer.records.map(({ outcome, reason }) => reason ?? outcome));
    for (const reason of [
      "answered",
      "too_much_in_flight",
      "body_too_large",
      "request_timeout",
      "client_gone",
    ]) {
      expect(reasons).toContain(reason);
    }
  });
});
