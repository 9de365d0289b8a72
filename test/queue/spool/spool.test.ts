import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { serialised } from "../../../lib/message/serialised-message.ts";
import type { PushResult } from "../../../lib/queue/queue.ts";
import type { Repeat } from "../../../lib/queue/spool/disk/duplicate-window.ts";
import { Spool, type SpoolPolicy } from "../../../lib/queue/spool/spool.ts";
import type { AppendOutcome, SpoolLink, SpoolReport } from "../../../lib/queue/spool/spool-link.ts";
import type { SpoolableMessage } from "../../../lib/queue/spool/spooled-message.ts";
import { countBytes } from "../../../lib/queue/sqs/sqs-entry.ts";
import { numberedMessage } from "../../support/messages.ts";
import { ManualTime, settled } from "./manual-time.ts";

const accepted = { outcome: "accepted" };

async function setUp(policy: Partial<SpoolPolicy> = {}, freshen = async () => {}) {
  const time = new ManualTime();
  const appended: SpoolableMessage[][] = [];
  const closings: number[] = [];
  let outcome: AppendOutcome = { outcome: "stored", repeats: [] };
  let tell: (report: Partial<SpoolReport>) => void = () => {};
  const contents = { waiting: 0, waitingBytes: 0, setAside: 0, setAsideBytes: 0, oldestStoredAt: null };
  let disk = Promise.resolve();
  const link: SpoolLink = {
    async append(messages) {
      appended.push([...messages]);
      await disk;
      return outcome;
    },
    async close(patience) {
      closings.push(patience);
    },
  };
  const spool = await Spool.open({
    policy: {
      limit: 10_000,
      messageBytes: 1_000,
      commitDelay: 2,
      commitEnough: 64,
      closePatience: 500,
      ...policy,
    },
    clock: time,
    timers: time,
    observe: () => {},
    freshen,
    connect: async (listener) => {
      tell = (report) => listener.report({ contents, forwardingError: null, storingError: null, ...report });
      tell({});
      return link;
    },
  });
  return {
    time,
    appended,
    closings,
    contents,
    spool,
    tell: (report: Partial<SpoolReport>) => tell(report),
    /** @returns what ends it */
    hang() {
      const { promise, resolve } = Promise.withResolvers<void>();
      disk = promise;
      return resolve;
    },
    answer: (next: AppendOutcome) => {
      outcome = next;
    },
    push: (number: number, name?: string) =>
      spool.push(numberedMessage(number, "M0ZDR", name), 5_000).then(
        (outcome) => outcome,
        ({ code, message }) => `${code}: ${message}`,
      ),
  };
}

describe("Spool", () => {
  it("gives each of many its own outcome, and takes no more than there is room for", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom("good", "large", "repeat", "conflict")), async (kinds) => {
        const { time, appended, answer, spool } = await setUp({ limit: 1_500 });
        const messages = kinds.map((kind, index) =>
          numberedMessage(index, "M0ZDR", kind === "large" ? "x".repeat(1_000) : kind),
        );
        // As it would be with each by itself, and no room made meanwhile.
        let room = 1_500;
        const expected = messages.map((message, index) => {
          if (kinds[index] === "large") return "too_large";
          const bytes = countBytes(serialised(message));
          if (bytes > room) return "unavailable";
          room -= bytes;
          return kinds[index] === "good" ? "accepted" : (kinds[index] ?? "");
        });
        const taken = expected.filter((kind) => kind !== "too_large" && kind !== "unavailable");
        const first = { time_created: 1, time_uploaded: 2 };
        answer({
          outcome: "stored",
          repeats: taken.flatMap((kind, index): Repeat[] => {
            if (kind === "repeat") return [{ repeat: "duplicate", index, first }];
            return kind === "conflict" ? [{ repeat: "conflict", index }] : [];
          }),
        });
        const pushing = spool.pushMany(
          messages.map((message) => ({ message, contentId: message.id })),
          5_000,
        );
        await time.pass(2);
        const outcomes = (await pushing).map((result) =>
          result.outcome === "failed" ? result.error.code : result.outcome,
        );
        expect(outcomes).toEqual(expected.map((kind) => (kind === "repeat" ? "duplicate" : kind)));
        expect(appended.flat()).toHaveLength(taken.length);
      }),
    );
  });

  it("does not say that it takes messages while the disk keeps them all waiting", async () => {
    const { time, hang, push, spool } = await setUp();
    const goOn = hang();
    const pushing = push(1);
    await time.pass(5_001);
    expect(await pushing).toMatch(/^timeout/);
    expect(spool.state()).toMatchObject({
      accepting: false,
      storingError: "the disk of the spool does not answer in time",
    });
    goOn();
    await settled();
    expect(spool.state()).toMatchObject({ accepting: true, storingError: null });
  });

  it("stores messages serialised as the queue takes them, those that come together in one commit", async () => {
    const { time, appended, push } = await setUp();
    const pushes = [push(1), push(2)];
    await time.pass(2);
    expect(await Promise.all(pushes)).toEqual([accepted, accepted]);
    expect(appended).toHaveLength(1);
    expect(appended[0]?.[1]).toMatchObject({ id: "id-2", callsign: "M0ZDR", type: "LISTENER_INFO" });
    expect(JSON.parse(appended[0]?.[1]?.body ?? "")).toEqual(numberedMessage(2));
  });

  it("is unavailable when the commit failed, for every push that shared it", async () => {
    const { time, answer, push } = await setUp();
    answer({ outcome: "failed", reason: "the disk of the spool is full, or its quota used up" });
    const pushes = [push(1), push(2)];
    await time.pass(2);
    const answered = "unavailable: the disk of the spool is full, or its quota used up";
    expect(await Promise.all(pushes)).toEqual([answered, answered]);
  });

  it("tells the pusher of a repeat what the first was told, and of another message under its key", async () => {
    const { time, answer, push } = await setUp();
    const first = { time_created: 1, time_uploaded: 2 };
    answer({
      outcome: "stored",
      repeats: [
        { repeat: "duplicate", index: 0, first },
        { repeat: "conflict", index: 2 },
      ],
    });
    const pushes = [push(1), push(2), push(3)];
    await time.pass(2);
    expect(await Promise.all(pushes)).toEqual([
      { outcome: "duplicate", ...first },
      { outcome: "accepted" },
      "conflict: another message of M0ZDR was stored as id-3",
    ]);
  });

  it("names the content of a message only where its id does not", async () => {
    const { time, appended, spool } = await setUp();
    void spool.push(numberedMessage(1), 5_000, "id-1");
    void spool.push(numberedMessage(2), 5_000, "content");
    await time.pass(2);
    expect(appended[0]?.map((message) => message.contentId)).toEqual([undefined, "content"]);
  });

  it("admits that it does not know when the commit's end is unknown", async () => {
    const { time, answer, push } = await setUp();
    answer({ outcome: "unknown", reason: "gone" });
    const pushed = push(1);
    await time.pass(2);
    expect(await pushed).toBe("timeout: gone");
  });

  it("refuses what the queue could never take, before it is stored", async () => {
    const { appended, push } = await setUp({ messageBytes: 300 });
    expect(await push(1, "x".repeat(300))).toMatch(
      /^too_large: The message takes 489 bytes on the queue, which takes at most 300\.$/,
    );
    expect(appended).toEqual([]);
  });

  it("turns nothing away before it has heard what the queue takes by now, and keeps the order", async () => {
    let asked = 0;
    const { time, appended, spool, push } = await setUp({ messageBytes: 300 }, async () => {
      asked += 1;
      spool.messageBytes = 500;
    });
    spool.keepsOrder = true;
    const large = (number: number) => numberedMessage(number, "M0ZDR", "x".repeat(300));
    const pushes = [numberedMessage(1), large(2), numberedMessage(3)];
    const many = spool.pushMany(
      pushes.map((message) => ({ message, contentId: message.id })),
      5_000,
    );
    await time.pass(2);
    expect(await many).toEqual([accepted, accepted, accepted]);
    expect(appended.flat().map(({ id }) => id)).toEqual(["id-1", "id-2", "id-3"]);
    spool.messageBytes = 300;
    const one = spool.push(large(4), 5_000);
    await time.pass(2);
    expect(await one).toEqual(accepted);
    expect(asked).toBe(2);
    expect(await push(5, "x".repeat(500))).toMatch(/at most 500/);
  });

  it("keeps the order of a request's pushes where one waits for the queue's limits, and no other request", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { time, appended, spool } = await setUp({ messageBytes: 300 }, () => promise);
    spool.keepsOrder = true;
    const pushes = (...messages: ReturnType<typeof numberedMessage>[]) =>
      messages.map((message) => ({ message, contentId: message.id }));
    const request = new Set<string>();
    const large = numberedMessage(2, "M0ZDR", "x".repeat(300));
    const first = spool.pushMany(pushes(numberedMessage(1), large), 5_000, request);
    const second = spool.pushMany(pushes(numberedMessage(3)), 5_000, request);
    const others = spool.pushMany(pushes(numberedMessage(4)), 5_000, new Set());
    await time.pass(2);
    expect(await others).toEqual([accepted]);
    resolve();
    await settled();
    await time.pass(2);
    expect(
      (await Promise.all([first, second])).map((results) => results.map(({ outcome }) => outcome)),
    ).toEqual([["accepted", "failed"], ["accepted"]]);
    expect(appended.flat().map(({ id }) => id)).toEqual(["id-4", "id-1", "id-3"]);
  });

  it("has no other wait for the limits of a queue that says nothing, and on a FIFO queue for half of its time", async () => {
    const { time, appended, spool } = await setUp({ messageBytes: 300 }, () => new Promise(() => {}));
    const large = numberedMessage(2, "M0ZDR", "x".repeat(300));
    const both = [numberedMessage(1), large].map((message) => ({ message, contentId: message.id }));
    const other = numberedMessage(3);
    const request = new Set<string>();
    void spool.pushMany(both, 5_000, request);
    const next = spool.pushMany([{ message: other, contentId: other.id }], 5_000, request);
    await time.pass(2);
    expect(await next).toEqual([accepted]);
    expect(appended.flat().map(({ id }) => id)).toEqual(["id-1", "id-3"]);

    spool.keepsOrder = true;
    const inOrder = spool.pushMany(both, time.monotonic() + 5_000);
    await time.pass(2_500);
    await time.pass(2);
    expect((await inOrder).map(({ outcome }) => outcome)).toEqual(["accepted", "failed"]);
  });

  describe("in front of a FIFO queue", () => {
    const pushes = (...messages: ReturnType<typeof numberedMessage>[]) =>
      messages.map((message) => ({ message, contentId: message.id }));
    const outcomes = (results: readonly PushResult[]) =>
      results.map((result) => (result.outcome === "failed" ? result.error.code : result.outcome));

    it("stores nothing of a callsign behind what it has no room for now", async () => {
      const { time, appended, spool } = await setUp({ limit: 1_500 });
      spool.keepsOrder = true;
      const request = new Set<string>();
      const large = numberedMessage(3, "A", "x".repeat(600));
      const huge = numberedMessage(5, "C", "x".repeat(1_000));
      const first = spool.pushMany(
        pushes(
          numberedMessage(1, "A", "x".repeat(600)),
          numberedMessage(2, "B"),
          large,
          numberedMessage(4, "A"),
        ),
        5_000,
        request,
      );
      const second = spool.pushMany(
        pushes(numberedMessage(6, "A"), huge, numberedMessage(7, "C")),
        5_000,
        request,
      );
      const others = spool.pushMany(pushes(numberedMessage(8, "A")), 5_000);
      for (let step = 0; step < 3; step += 1) await time.pass(2);
      expect(outcomes(await first)).toEqual(["accepted", "accepted", "unavailable", "unavailable"]);
      // One that the queue will never take is not to be sent again.
      expect(outcomes(await second)).toEqual(["unavailable", "too_large", "accepted"]);
      expect(outcomes(await others)).toEqual(["accepted"]);
      expect(appended.flat().map(({ id }) => id)).toEqual(["id-1", "id-2", "id-8", "id-7"]);
    });

    it("stores nothing of a callsign behind a commit that failed", async () => {
      const { time, appended, answer, spool } = await setUp({ limit: 1_000_000 });
      spool.keepsOrder = true;
      const request = new Set<string>();
      answer({ outcome: "failed", reason: "the disk of the spool is full" });
      // More than one commit has.
      const many = Array.from({ length: 501 }, (_, index) => numberedMessage(index, "A"));
      const first = spool.pushMany(pushes(...many), 5_000, request);
      const second = spool.pushMany(
        pushes(numberedMessage(601, "A"), numberedMessage(602, "B")),
        5_000,
        request,
      );
      for (let step = 0; step < 3; step += 1) await time.pass(2);
      expect(new Set(outcomes(await first))).toEqual(new Set(["unavailable"]));
      expect(outcomes(await second)).toEqual(["unavailable", "unavailable"]);
      // Neither the last of the many nor what came behind them was tried.
      expect(appended.map((messages) => messages.map(({ callsign }) => callsign))).toEqual([
        Array(500).fill("A"),
        ["B"],
      ]);
    });

    it("stores what is before a conflict, and what is behind it", async () => {
      const { time, answer, spool } = await setUp();
      spool.keepsOrder = true;
      answer({ outcome: "stored", repeats: [{ repeat: "conflict", index: 1 }] });
      const many = spool.pushMany(pushes(...[1, 2, 3].map((number) => numberedMessage(number, "A"))), 5_000);
      await time.pass(2);
      expect(outcomes(await many)).toEqual(["accepted", "conflict", "accepted"]);
    });
  });

  it("is unavailable past its limit, counting what is set aside and what is being stored, and recovers", async () => {
    const { time, contents, spool, tell, push } = await setUp();
    tell({ contents: { ...contents, waitingBytes: 5_000, setAsideBytes: 4_700 } });
    const first = push(1);
    const full = /^unavailable: the spool is full: it may hold 10000 bytes$/;
    expect(await push(2)).toMatch(full);
    await time.pass(2);
    expect(await first).toEqual(accepted);
    tell({ contents: { ...contents, waitingBytes: 10_000 } });
    expect(spool.state()).toMatchObject({ accepting: false, storingError: "the spool is full" });
    tell({ contents });
    expect(spool.state()).toMatchObject({ accepting: true, storingError: null });
    const third = push(3);
    await time.pass(2);
    expect(await third).toEqual(accepted);
  });

  it("is full no longer once a smaller message was stored than the one that it had no room for", async () => {
    const { time, contents, spool, tell, push } = await setUp();
    tell({ contents: { ...contents, waitingBytes: 9_500 } });
    expect(await push(1, "x".repeat(500))).toMatch(/^unavailable: the spool is full/);
    expect(spool.state().accepting).toBe(false);
    const second = push(2);
    await time.pass(2);
    expect(await second).toEqual(accepted);
    expect(spool.state()).toMatchObject({ accepting: true, storingError: null });
  });

  it("stays well when a message comes that even an empty spool has no room for", async () => {
    const { time, spool, push } = await setUp({ messageBytes: 20_000 });
    expect(await push(1, "x".repeat(10_000))).toMatch(/^unavailable: the message is more than the spool/);
    expect(spool.state()).toMatchObject({ accepting: true, storingError: null });
    const second = push(2);
    await time.pass(2);
    expect(await second).toEqual(accepted);
  });

  it("stays well when a large message comes that it has no room for beside what it holds", async () => {
    const { contents, spool, tell, push } = await setUp({ messageBytes: 20_000 });
    tell({ contents: { ...contents, setAsideBytes: 6_000 } });
    expect(await push(1, "x".repeat(5_000))).toMatch(/^unavailable: the spool is full/);
    expect(spool.state()).toMatchObject({ accepting: true, storingError: null });
  });

  it("tells its state", async () => {
    const { time, spool, tell } = await setUp();
    const oldestStoredAt = time.now();
    tell({
      contents: { waiting: 3, waitingBytes: 300, setAside: 1, setAsideBytes: 50, oldestStoredAt },
      forwardingError: "AccessDenied",
    });
    await time.pass(2_500);
    expect(spool.state()).toEqual({
      accepting: true,
      depth: 3,
      bytes: 350,
      oldestAge: 2.5,
      setAside: 1,
      forwardingError: "AccessDenied",
      storingError: null,
    });
  });

  it("closes once what was taken is stored; closing again changes nothing, and pushes are turned away", async () => {
    const { closings, appended, spool, push } = await setUp();
    const pushed = push(1);
    const closing = Promise.all([spool.close(), spool.close()]);
    expect(await push(2)).toBe("unavailable: the spool is closed");
    await closing;
    await settled();
    expect(await pushed).toEqual(accepted);
    expect(appended).toHaveLength(1);
    expect(closings).toEqual([500]);
    expect(spool.state().accepting).toBe(false);
  });
});
