import { describe, expect, it } from "vitest";
import { Forwarder } from "../../../../lib/queue/spool/forwarding/forwarder.ts";
import type { SpoolEvent } from "../../../../lib/queue/spool/spool-event.ts";
import type { SpooledMessage } from "../../../../lib/queue/spool/spooled-message.ts";
import { ManualTime, settled } from "../manual-time.ts";
import { spooled } from "../spooled.ts";
import { FakeCarrier, failed, stored } from "./fake-carrier.ts";
import { SlowLine } from "./slow-line.ts";

const policy = {
  firstPace: { calls: 3, bytes: 1_000 },
  concurrency: 3,
  fillDelay: 20,
  backoff: { base: 100, cap: 1_000 },
};

function setUp({
  fifo = false,
  window = { messages: 100, bytes: 100_000 },
  random = () => 1,
  firstPace = policy.firstPace,
} = {}) {
  const time = new ManualTime();
  const carrier = new FakeCarrier({ fifo });
  const disk: SpooledMessage[] = [];
  const left: string[] = [];
  const events: SpoolEvent[] = [];
  const reads: number[] = [];
  const readOfGroups: SpooledMessage[] = [];
  const errors: (string | null)[] = [];
  let readError: Error | null = null;
  const forwarder = new Forwarder({
    carrier,
    waiting: {
      page(after, { messages }) {
        reads.push(messages);
        if (readError !== null) throw readError;
        return disk.filter(({ sequence }) => sequence > after).slice(0, messages);
      },
      pageOf(group, first, last, most) {
        const page = waitingOf(disk, group, first, last).slice(0, most);
        readOfGroups.push(...page);
        return page;
      },
    },
    onStored: (messages) => left.push(...messages.map(({ id }) => `${id} stored`)),
    onRefused: ({ id }, reason) => left.push(`${id} refused: ${reason}`),
    onError: () => errors.push(forwarder.error),
    observe: (event) => events.push(event),
    clock: time,
    timers: time,
    random,
    policy: { ...policy, firstPace, window },
  });
  return {
    time,
    carrier,
    forwarder,
    left,
    events,
    reads,
    readOfGroups,
    errors,
    failReads: (error: Error | null) => {
      readError = error;
    },
    /** New messages, the first with this sequence. */
    arrive(first: number, count: number, callsign?: string, bytes?: number) {
      for (let sequence = first; sequence < first + count; sequence += 1) {
        disk.push(spooled(sequence, callsign, bytes));
      }
      forwarder.wake();
    },
    /** The same, handed over as they were stored. */
    hand(first: number, count: number) {
      const messages = Array.from({ length: count }, (_, index) => spooled(first + index));
      disk.push(...messages);
      forwarder.arrived(messages);
    },
    /** Another program puts one there unseen. */
    slipIn: (sequence: number) => disk.push(spooled(sequence)),
  };
}

/** Messages of one group among the sequences from `first` to `last`. */
function waitingOf(disk: readonly SpooledMessage[], group: string, first: number, last: number) {
  return disk.filter(({ sequence, callsign }) => callsign === group && sequence >= first && sequence <= last);
}

const oneTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe("Forwarder", () => {
  it("sends a full call at once", () => {
    const { carrier, arrive } = setUp();
    arrive(1, 10);
    expect(carrier.sent).toEqual([oneTo(10)]);
  });

  it("does not read what it is handed, once it has read all before", async () => {
    const { carrier, reads, hand, forwarder } = setUp();
    forwarder.wake();
    hand(1, 10);
    hand(11, 10);
    expect(carrier.sent).toEqual([oneTo(10), oneTo(20).slice(10)]);
    expect(reads).toHaveLength(1);
  });

  it("reads what it is handed where something lies between", async () => {
    const { carrier, hand, slipIn, forwarder } = setUp();
    forwarder.wake();
    hand(1, 5);
    slipIn(6);
    hand(7, 4);
    expect(carrier.sent).toEqual([oneTo(10)]);
  });

  it("holds no more than its window of what it is handed, and leaves nothing behind", async () => {
    const { carrier, hand, forwarder } = setUp({ window: { messages: 25, bytes: 100_000 } });
    forwarder.wake();
    for (let first = 1; first <= 91; first += 10) hand(first, 10);
    expect(carrier.sent.flat()).toEqual(oneTo(30).slice(0, 20));
    for (let call = 0; call < carrier.calls.length; call += 1) {
      carrier.calls[call]?.answer(stored);
      await settled();
    }
    expect(carrier.sent.flat()).toEqual(oneTo(100));
  });

  it("waits a while for a call to fill, counted from its first message", async () => {
    const { time, carrier, arrive } = setUp();
    arrive(1, 2);
    await time.pass(15);
    arrive(3, 2);
    await time.pass(4.9);
    expect(carrier.sent).toEqual([]);
    await time.pass(0.1);
    expect(carrier.sent).toEqual([[1, 2, 3, 4]]);
  });

  it("has no more calls under way than it may", async () => {
    const { carrier, arrive } = setUp();
    arrive(1, 50);
    expect(carrier.sent).toHaveLength(3);
    carrier.calls[1]?.answer(stored);
    await settled();
    expect(carrier.sent).toHaveLength(4);
    expect(carrier.sent[3]?.[0]).toBe(31);
  });

  it("does nothing while nothing waits", async () => {
    const { time, carrier, reads, arrive } = setUp();
    arrive(1, 10);
    carrier.calls[0]?.answer(stored);
    await settled();
    const before = reads.length;
    expect(time.untilNext).toBe(Number.POSITIVE_INFINITY);
    await time.pass(1_000_000);
    expect(reads).toHaveLength(before);
  });

  it("tells each message's end once: stored, or refused with the reason; and sets no neighbour back", async () => {
    const { time, carrier, left, events, arrive } = setUp();
    arrive(1, 3);
    await time.pass(20);
    carrier.calls[0]?.answer(stored, failed("refused", "bad"), stored);
    await settled();
    expect(left).toEqual(["id-1 stored", "id-3 stored", "id-2 refused: bad"]);
    expect(events).toContainEqual({
      event: "set_aside",
      sequence: 2,
      id: "id-2",
      callsign: "M0ZDR",
      type: "LISTENER_INFO",
      reason: "bad",
    });
    expect(events.at(-1)).toMatchObject({ event: "sent", messages: 3, stored: 2, refused: 1, retried: 0 });
    await time.pass(100_000);
    expect(carrier.sent).toHaveLength(1);
  });

  it("lets the queue judge what may be too large for it: its limit may have been raised", async () => {
    const { time, carrier, arrive } = setUp();
    arrive(1, 1, "A", carrier.callLimits.bytes + 1);
    await time.pass(20);
    expect(carrier.sent).toEqual([[1]]);
  });

  it.each(["retry", "unknown"] as const)(
    "sends a message again by itself, after a wait, when it alone fails: %s",
    async (outcome) => {
      const { time, carrier, forwarder, left, events, errors, arrive } = setUp();
      arrive(1, 2);
      await time.pass(20);
      carrier.calls[0]?.answer(stored, failed(outcome, "busy"));
      await settled();
      expect(forwarder.error).toBe("busy");
      expect(events).toContainEqual({
        event: "sending_failed",
        messages: 1,
        sequence: 2,
        callsign: "M0ZDR",
        id: "id-2",
        type: "LISTENER_INFO",
        tries: 1,
        reason: "busy",
      });
      arrive(3, 10);
      expect(carrier.sent[1]).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
      await time.pass(99);
      expect(carrier.sent).toHaveLength(2);
      await time.pass(1);
      expect(carrier.sent[2]).toEqual([2]);
      carrier.calls[2]?.answer(stored);
      await settled();
      expect(left).toContain("id-2 stored");
      expect(forwarder.error).toBeNull();
      // Told of each change, so that health knows it at once.
      expect(errors).toEqual(["busy", null]);
    },
  );

  it("does not hold against a message that whole calls failed with it", async () => {
    const { time, carrier, arrive } = setUp();
    arrive(1, 2);
    await time.pass(20);
    carrier.calls[0]?.answer(failed("unknown"));
    await time.pass(100);
    expect(carrier.sent[1]).toEqual([1]);
    carrier.calls[1]?.answer(stored);
    await settled();
    expect(carrier.sent[2]).toEqual([2]);
    carrier.calls[2]?.answer(failed("unknown"));
    await time.pass(100);
    expect(carrier.sent[3]).toEqual([2]);
  });

  it.each([
    { bytesPerSecond: 1_000, messages: 200, bytes: 700 },
    { bytesPerSecond: 3_000, messages: 20, bytes: 20_000 },
    { bytesPerSecond: 10_000, messages: 60, bytes: 20_000 },
    { bytesPerSecond: 1_000_000, messages: 1_000, bytes: 700 },
  ])("makes good use of a slow line: $bytesPerSecond bytes a second, messages of $bytes", async (line) => {
    const time = new ManualTime();
    const carrier = new SlowLine({ ...line, timers: time, timeout: 20_000 });
    const disk = Array.from({ length: line.messages }, (_, index) => spooled(index + 1, "A", line.bytes));
    const left: SpooledMessage[] = [];
    const forwarder = new Forwarder({
      carrier,
      waiting: { page: (after, { messages }) => disk.slice(after, after + messages), pageOf: () => [] },
      onStored: (messages) => left.push(...messages),
      onRefused: () => {},
      onError: () => {},
      observe: () => {},
      clock: time,
      timers: time,
      random: () => 1,
      policy: {
        ...policy,
        firstPace: { calls: 1, bytes: 32_768 },
        concurrency: 8,
        window: { messages: 1_000, bytes: 8_388_608 },
      },
    });
    forwarder.wake();
    while (left.length < disk.length && time.monotonic() < 3_600_000) await time.pass(1_000);
    expect(left).toHaveLength(disk.length);
    // Hardly any call is in vain.
    expect(carrier.carried / (line.messages * line.bytes)).toBeLessThan(1.1);
    if (line.bytesPerSecond > 100_000) expect(carrier.calls).toBe(line.messages / 10);
  });

  it("waits longer after each failure, up to a bound", async () => {
    const { time, carrier, arrive } = setUp();
    arrive(1, 1);
    await time.pass(20);
    const waits: number[] = [];
    for (let failures = 0; failures < 6; failures += 1) {
      carrier.calls.at(-1)?.answer(failed("retry"));
      await settled();
      waits.push(time.untilNext);
      await time.pass(time.untilNext);
    }
    expect(waits).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  it("pauses everything when nothing gets through, then tries with one call, then goes on in full", async () => {
    const { time, carrier, forwarder, events, arrive } = setUp();
    arrive(1, 40);
    for (const call of carrier.calls) call.answer(failed("retry", "down"));
    await settled();
    expect(forwarder.error).toBe("down");
    expect(events.filter(({ event }) => event === "forwarding_paused")).toEqual([
      { event: "forwarding_paused", reason: "down", duration: 100 },
    ]);
    await time.pass(99);
    arrive(41, 10);
    expect(carrier.sent).toHaveLength(3);
    await time.pass(1);
    // Those that have not failed yet.
    expect(carrier.sent.slice(3).map(([first, ...others]) => [first, others.length])).toEqual([[31, 9]]);
    carrier.calls[3]?.answer(stored);
    await settled();
    expect(events).toContainEqual({ event: "forwarding_resumed" });
    expect(carrier.sent.slice(4).map(([first]) => first)).toEqual([1, 11, 21]);
  });

  it("tries beside calls that hang since before the pause, with a single call", async () => {
    const { time, carrier, left, arrive } = setUp();
    arrive(1, 20);
    expect(carrier.sent).toHaveLength(2);
    carrier.calls[1]?.answer(failed("retry", "busy"));
    await settled();
    await time.pass(100);
    arrive(21, 20);
    expect(carrier.sent.slice(2)).toHaveLength(1);
    carrier.calls[2]?.answer(stored);
    await settled();
    // With the one that hangs there are as many as there may be.
    expect(carrier.sent.slice(3)).toHaveLength(2);
    expect(left).toHaveLength(10);
  });

  it("pauses for long when somebody has to mend the queue first, and recovers by itself", async () => {
    const { time, carrier, left, arrive } = setUp();
    arrive(1, 1);
    await time.pass(20);
    carrier.calls[0]?.answer(failed("unavailable", "AccessDenied"));
    await time.pass(999);
    expect(carrier.sent).toHaveLength(1);
    await time.pass(1);
    carrier.calls[1]?.answer(stored);
    await settled();
    expect(left).toEqual(["id-1 stored"]);
  });

  it("takes a call that throws for one that may have been stored", async () => {
    const { time, carrier, left, arrive } = setUp();
    arrive(1, 10);
    carrier.calls[0]?.throw(new Error("defect"));
    await time.pass(100);
    expect(carrier.sent).toEqual([oneTo(10), oneTo(5)]);
    expect(left).toEqual([]);
  });

  it.each(["retry", "unknown", "unavailable"] as const)(
    "finds the one message for which whole calls fail, and sends all others: %s",
    async (outcome) => {
      const { time, carrier, left, arrive } = setUp();
      arrive(1, 60);
      let answered = 0;
      const answerAll = async () => {
        for (; answered < carrier.calls.length; answered += 1) {
          const { messages, answer } = carrier.calls[answered] ?? { messages: [], answer: () => {} };
          answer(
            messages.some(({ sequence }) => sequence === 7) ? failed(outcome, "HTTP status 500") : stored,
          );
          await settled();
        }
      };
      for (let second = 0; second < 20; second += 1) {
        await answerAll();
        await time.pass(1_000);
      }
      expect(left).toHaveLength(59);
      // Nothing else waits for it any more.
      arrive(61, 20);
      await answerAll();
      expect(left).toHaveLength(79);
      expect(left).not.toContain("id-7 stored");
      expect(carrier.sent.filter((sequences) => sequences.includes(7)).at(-1)).toEqual([7]);
    },
  );

  it.each(["retry", "unknown", "unavailable"] as const)(
    "gets past more messages that always fail than it may send at a time: %s",
    async (outcome) => {
      const { time, carrier, left, arrive } = setUp();
      arrive(1, 80);
      const answer = ({ sequence }: SpooledMessage) => (sequence <= 40 ? failed(outcome) : stored);
      let answered = 0;
      for (let second = 0; second < 20; second += 1) {
        for (; answered < carrier.calls.length; answered += 1) {
          const call = carrier.calls[answered];
          call?.answer(...call.messages.map(answer));
          await settled();
        }
        await time.pass(1_000);
      }
      const others = oneTo(80).slice(40);
      expect(left.toSorted()).toEqual(others.map((sequence) => `id-${sequence} stored`));
    },
  );

  it("pauses also when, after a long outage, each message goes alone", async () => {
    const { time, carrier, forwarder, arrive } = setUp();
    arrive(1, 60);
    let answered = 0;
    const answerAll = async (seconds: number) => {
      const before = carrier.calls.length;
      for (let passed = 0; passed < 100 * seconds; passed += 1) {
        for (; answered < carrier.calls.length; answered += 1) {
          carrier.calls[answered]?.answer(failed("unknown", "down"));
          await settled();
        }
        await time.pass(10);
      }
      return carrier.calls.length - before;
    };
    await answerAll(120);
    expect(carrier.sent.at(-1)).toHaveLength(1);
    while (forwarder.error !== null) {
      carrier.calls[answered]?.answer(stored);
      answered += carrier.calls.length > answered ? 1 : 0;
      await time.pass(10);
    }
    await answerAll(10);
    // One in each second.
    expect(await answerAll(60)).toBeLessThanOrEqual(61);
  });

  it("sends others between messages that fail slowly, with a single call at a time", async () => {
    const { time, carrier, left, arrive } = setUp({ firstPace: { calls: 1, bytes: 1_000 } });
    const fail = async (call: number) => {
      await time.pass(20_000);
      carrier.calls[call]?.answer(failed("unknown", "timeout"));
      await settled();
    };
    arrive(1, 1);
    await time.pass(20);
    arrive(2, 1);
    await fail(0);
    expect(carrier.sent).toEqual([[1], [2]]);
    arrive(3, 10);
    await fail(1);
    for (let call = 2; call < 20; call += 1) {
      if (carrier.calls.length === call) await time.pass(1_000);
      if (carrier.sent[call]?.some((sequence) => sequence <= 2)) await fail(call);
      else carrier.calls[call]?.answer(stored);
      await settled();
    }
    const others = oneTo(12).slice(2);
    expect(left.toSorted()).toEqual(others.map((sequence) => `id-${sequence} stored`).toSorted());
  });

  it("tries another message each time while nothing gets through", async () => {
    const { time, carrier, left, arrive } = setUp();
    arrive(1, 3);
    await time.pass(20);
    for (let call = 0; call < 9; call += 1) {
      carrier.calls[call]?.answer(failed("unknown"));
      await settled();
      await time.pass(1_000);
    }
    const alone = carrier.sent.filter(({ length }) => length === 1).flat();
    expect(new Set(alone)).toEqual(new Set([1, 2, 3]));
    for (let call = 9; call < carrier.calls.length; call += 1) {
      carrier.calls[call]?.answer(stored);
      await settled();
      await time.pass(1_000);
    }
    expect(left.toSorted()).toEqual(["id-1 stored", "id-2 stored", "id-3 stored"]);
  });

  it("keeps the order of a group on a FIFO queue through a failure", async () => {
    const { time, carrier, arrive } = setUp({ fifo: true });
    arrive(1, 3, "A");
    arrive(4, 1, "B");
    await time.pass(20);
    expect(carrier.sent).toEqual([[1, 4]]);
    carrier.calls[0]?.answer(failed("retry"), stored);
    await time.pass(99);
    expect(carrier.sent).toHaveLength(1);
    await time.pass(1);
    carrier.calls[1]?.answer(stored);
    await time.pass(20);
    carrier.calls[2]?.answer(stored);
    await time.pass(20);
    expect(carrier.sent).toEqual([[1, 4], [1], [2], [3]]);
  });

  it("sends those of one group on a FIFO queue without a wait between them", async () => {
    const { time, carrier, arrive } = setUp({ fifo: true });
    arrive(1, 50, "A");
    await time.pass(20);
    for (let call = 0; call < 50; call += 1) {
      carrier.calls[call]?.answer(stored);
      await settled();
    }
    expect(carrier.sent).toEqual(oneTo(50).map((sequence) => [sequence]));
  });

  it("lets no group on a FIFO queue keep the others waiting, neither by many messages nor by one that always fails", async () => {
    const { time, carrier, left, arrive } = setUp({ fifo: true });
    arrive(1, 1_000, "A");
    arrive(1_001, 500, "B");
    arrive(1_501, 1, "C");
    let answered = 0;
    const answerAll = async () => {
      for (; answered < carrier.calls.length; answered += 1) {
        const call = carrier.calls[answered];
        const answer = ({ callsign }: SpooledMessage) => (callsign === "A" ? failed("retry") : stored);
        call?.answer(...call.messages.map(answer));
        await settled();
      }
    };
    for (let second = 0; second < 5; second += 1) {
      await answerAll();
      await time.pass(1_000);
    }
    expect(left).toContain("id-1501 stored");
    while (left.length < 501) {
      await answerAll();
      await time.pass(20);
    }
    const ofB = left.filter((line) => line !== "id-1501 stored");
    expect(ofB).toEqual(Array.from({ length: 500 }, (_, index) => `id-${1_001 + index} stored`));
  });

  it.each([
    ["on a standard queue", { fifo: false, size: 1 }],
    ["on a FIFO queue", { fifo: true, size: 1 }],
    ["on a FIFO queue, with others behind each in its group", { fifo: true, size: 3 }],
  ])("reads on past messages that always fail by themselves, however many: %s", async (_, { fifo, size }) => {
    const { time, carrier, left, arrive } = setUp({ fifo });
    const groups = 600;
    for (let group = 0; group < groups; group += 1) arrive(1 + group * size, size, `G${group}`);
    const fails = ({ sequence }: SpooledMessage) => (sequence - 1) % (2 * size) === 0;
    let answered = 0;
    for (let tenth = 0; tenth < 10_000 && left.length < (groups / 2) * size; tenth += 1) {
      for (; answered < carrier.calls.length; answered += 1) {
        const call = carrier.calls[answered];
        call?.answer(...call.messages.map((message) => (fails(message) ? failed("retry") : stored)));
        await settled();
      }
      await time.pass(100);
    }
    expect(left).toHaveLength((groups / 2) * size);
  });

  it("reads on past a group on a FIFO queue while a single call is under way", async () => {
    const { time, carrier, arrive } = setUp({ fifo: true, firstPace: { calls: 1, bytes: 1_000 } });
    arrive(1, 10, "A");
    await time.pass(20);
    expect(carrier.sent).toEqual([[1]]);
    arrive(11, 990, "A");
    arrive(1_001, 1, "B");
    await time.pass(20);
    carrier.calls[0]?.answer(stored);
    await settled();
    expect(carrier.sent[1]).toEqual([2, 1_001]);
  });

  it("holds no more bytes than its window has room for, however many groups on a FIFO queue read on", async () => {
    const { time, carrier, left, readOfGroups, arrive } = setUp({
      fifo: true,
      window: { messages: 100, bytes: 10_000 },
    });
    for (let group = 0; group < 20; group += 1) arrive(1 + 5 * group, 5, `G${group}`);
    for (let group = 0; group < 20; group += 1) arrive(101 + 4 * group, 4, `G${group}`, 900);
    for (let answered = 0; left.length < 180; answered += 1) {
      if (answered === carrier.calls.length) await time.pass(1_000);
      carrier.calls[answered]?.answer(stored);
      await time.pass(20);
      const held = readOfGroups.filter(({ id }) => !left.includes(`${id} stored`));
      expect(held.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(10_000);
    }
  });

  it("holds no more than its window, however much waits, and reads it in few reads", async () => {
    const { carrier, reads, left, arrive } = setUp({ window: { messages: 40, bytes: 100_000 } });
    arrive(1, 1_000);
    for (let call = 0; call < 100; call += 1) {
      carrier.calls[call]?.answer(stored);
      await settled();
    }
    expect(left).toHaveLength(1_000);
    expect(Math.max(...reads)).toBeLessThanOrEqual(40);
    expect(reads.length).toBeLessThan(60);
  });

  it("tries again to read a disk that fails", async () => {
    const { time, carrier, forwarder, failReads, arrive } = setUp();
    failReads(new Error("I/O error"));
    arrive(1, 10);
    expect(forwarder.error).toBe("the spool cannot be read: Error: I/O error");
    failReads(null);
    await time.pass(100);
    expect(carrier.sent).toEqual([oneTo(10)]);
  });

  it("tells of a disk that fails, and that it is well again, also when nothing waits", async () => {
    const { time, forwarder, errors, failReads } = setUp();
    failReads(new Error("I/O error"));
    forwarder.wake();
    failReads(null);
    await time.pass(100);
    expect(forwarder.error).toBeNull();
    expect(errors).toEqual(["the spool cannot be read: Error: I/O error", null]);
  });

  it("stops when the calls under way are answered, and begins no other", async () => {
    const { time, carrier, forwarder, left, arrive } = setUp();
    arrive(1, 40);
    const stopping = forwarder.stop(1_000);
    for (const call of carrier.calls) call.answer(stored);
    await stopping;
    expect(left).toHaveLength(30);
    expect(carrier.sent).toHaveLength(3);
    expect(time.untilNext).toBe(Number.POSITIVE_INFINITY);
  });

  it("gives up calls that outlast its patience", async () => {
    const { time, carrier, forwarder, arrive } = setUp();
    arrive(1, 10);
    const [call] = carrier.calls;
    call?.signal.addEventListener("abort", () => call.throw(new Error("aborted")));
    const stopping = forwarder.stop(1_000);
    await time.pass(999);
    expect(call?.signal.aborted).toBe(false);
    await time.pass(1);
    await stopping;
    expect(call?.signal.aborted).toBe(true);
  });
});
