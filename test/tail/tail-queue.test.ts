import fc from "fast-check";
import { expect, it } from "vitest";
import { type TailOptions, tailQueue } from "../../lib/tail/tail-queue.ts";
import { FakeTap } from "./fake-tap.ts";

const bodies = (count: number) => Array.from({ length: count }, (_, number) => `body ${number}`);

function tail(tap: FakeTap, options: Partial<TailOptions> = {}) {
  const printed: string[] = [];
  const end = tailQueue({
    tap,
    print: async (some) => printed.push(...some) > 0,
    clock: { monotonic: () => 0 },
    pause: async () => {},
    signal: new AbortController().signal,
    follow: false,
    remove: false,
    count: Number.POSITIVE_INFINITY,
    wait: 1,
    ...options,
  });
  return { printed, end };
}

it("prints each message once, up to the count, and leaves on the queue all but what was to be removed", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(45),
      fc.boolean(),
      fc.option(fc.integer({ min: 1, max: 50 })),
      async (waiting, remove, limit) => {
        const tap = new FakeTap(bodies(waiting));
        const { printed, end } = tail(tap, { remove, count: limit ?? Number.POSITIVE_INFINITY });
        expect(await end).toBe("done");
        const expected = Math.min(waiting, limit ?? waiting);
        expect(printed).toEqual(bodies(waiting).slice(0, expected));
        expect(tap.held.size).toBe(0);
        const left = tap.visible.map(({ body }) => body).toSorted();
        expect(left).toEqual(
          bodies(waiting)
            .slice(remove ? expected : 0)
            .toSorted(),
        );
      },
    ),
  );
});

it("following, prints what comes while it holds what it has printed, and nothing twice, until it is told to end", async () => {
  const tap = new FakeTap(bodies(3));
  const stop = new AbortController();
  let calls = 0;
  tap.onReceive = () => {
    calls += 1;
    if (calls % 7 === 0) tap.send(`later ${calls}`);
    if (calls === 60) stop.abort();
  };
  const { printed, end } = tail(tap, { follow: true, signal: stop.signal });
  expect(await end).toBe("done");
  const later = [7, 14, 21, 28, 35, 42, 49, 56].map((call) => `later ${call}`);
  expect(printed).toEqual([...bodies(3), ...later]);
  expect([tap.held.size, tap.visible.length]).toEqual([0, 11]);
});

it("leaves what it has given back to others for longer and longer while nothing new comes", async () => {
  const pauses: number[] = [];
  const stop = new AbortController();
  const pause = async (milliseconds: number) => {
    pauses.push(milliseconds);
    if (pauses.length === 6) stop.abort();
  };
  await tail(new FakeTap(bodies(1)), { follow: true, signal: stop.signal, pause }).end;
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
});

it("holds nothing for longer than it may, however much there is", async () => {
  const tap = new FakeTap(bodies(50));
  let now = 0;
  let heldMost = 0;
  tap.onReceive = () => {
    now += 12_000;
    heldMost = Math.max(heldMost, tap.held.size);
  };
  const { printed, end } = tail(tap, { clock: { monotonic: () => now } });
  await end;
  expect(printed).toHaveLength(50);
  expect(heldMost).toBeLessThanOrEqual(30);
});

it("holds no more at a time than its memory bears, and prints all the same", async () => {
  const tap = new FakeTap(bodies(10_050));
  let heldMost = 0;
  tap.onReceive = () => {
    heldMost = Math.max(heldMost, tap.held.size);
  };
  const { printed, end } = tail(tap);
  await end;
  expect(printed).toEqual(bodies(10_050));
  expect(heldMost).toBeLessThanOrEqual(10_000);
});

it("ends while a consumer has one time left to receive what the queue would else give up on", async () => {
  const tap = new FakeTap(bodies(2));
  tap.maxReceives = 5;
  const { printed, end } = tail(tap, { follow: true });
  expect(await end).toBe("exhausted");
  expect(printed).toHaveLength(2);
  expect(tap.visible.map(({ receiveCount }) => receiveCount)).toEqual([4, 4]);
});

it("says so too when it has come to its end, one look after the other", async () => {
  const tap = new FakeTap(bodies(2));
  tap.maxReceives = 3;
  expect(await tail(tap).end).toBe("done");
  expect(await tail(tap).end).toBe("exhausted");
  expect(tap.visible.map(({ receiveCount }) => receiveCount)).toEqual([2, 2]);
});

it("says when it has taken the last time, for want of knowing before it looks", async () => {
  const tap = new FakeTap(bodies(1));
  tap.maxReceives = 3;
  const ends = [await tail(tap).end, await tail(tap).end, await tail(tap).end];
  expect(ends).toEqual(["done", "exhausted", "overdrawn"]);
});

it("does not begin where a single time is one too many", async () => {
  const tap = new FakeTap(bodies(1));
  tap.maxReceives = 1;
  expect(await tail(tap).end).toBe("exhausted");
  expect(tap.visible[0]?.receiveCount).toBe(0);
});

it.each([true, false])(
  "when nobody reads any more, ends, gives back and removes nothing (--remove: %s)",
  async (remove) => {
    const tap = new FakeTap(bodies(25));
    expect(await tail(tap, { follow: true, remove, print: async () => false }).end).toBe("done");
    expect([tap.held.size, tap.visible.length]).toEqual([0, 25]);
  },
);

it("gives back what it holds when the queue is gone, and says so", async () => {
  const tap = new FakeTap(bodies(10));
  tap.onReceive = () => {
    if (tap.held.size > 0) throw new Error("cannot read the queue");
  };
  await expect(tail(tap).end).rejects.toThrow("cannot read the queue");
  expect([tap.held.size, tap.visible.length]).toEqual([0, 10]);
});
