import { describe, expect, it } from "vitest";
import { ForwardingWindow } from "../../../../lib/queue/spool/forwarding/forwarding-window.ts";
import { spooled } from "../spooled.ts";

function setUp({ fifo = false } = {}) {
  const window = new ForwardingWindow({ fifo, callLimits: { entries: 3, bytes: 100 } }, { bytes: 100 });
  const sequences = (now: number) => window.next(now).candidates.map(({ message }) => message.sequence);
  const take = (now: number) => {
    const load = window.next(now);
    window.take(load);
    return load.candidates;
  };
  return { window, sequences, take };
}

describe("ForwardingWindow", () => {
  it("offers the first in line, as many as one call carries", () => {
    const { window, sequences, take } = setUp();
    window.add(
      [1, 2, 3, 4].map((sequence) => spooled(sequence)),
      0,
    );
    expect(window.next(0).full).toBe(true);
    expect(sequences(0)).toEqual([1, 2, 3]);
    take(0);
    expect(sequences(0)).toEqual([4]);
    expect(window.next(0).full).toBe(false);
  });

  it("fills a call by bytes, and lets what alone exceeds them go alone", () => {
    const { window, sequences, take } = setUp();
    window.add([spooled(1, "A", 60), spooled(2, "A", 50), spooled(3, "A", 150)], 0);
    expect(sequences(0)).toEqual([1]);
    expect(window.next(0).full).toBe(true);
    take(0);
    expect(sequences(0)).toEqual([2]);
    take(0);
    expect(sequences(0)).toEqual([3]);
  });

  it("on a FIFO queue sends one message of a group at a time, and others meanwhile", () => {
    const { window, sequences, take } = setUp({ fifo: true });
    window.add([spooled(1, "A"), spooled(2, "A"), spooled(3, "B"), spooled(4, "B"), spooled(5, "C")], 0);
    const taken = take(0);
    expect(taken.map(({ message }) => message.sequence)).toEqual([1, 3, 5]);
    expect(sequences(0)).toEqual([]);
    for (const candidate of taken.slice(0, 1)) window.done(candidate);
    expect(sequences(0)).toEqual([2]);
  });

  it("on a FIFO queue lets nothing of a group past a message that waits to be sent again", () => {
    const { window, sequences, take } = setUp({ fifo: true });
    window.add([spooled(1, "A"), spooled(2, "A"), spooled(3, "B")], 0);
    for (const candidate of take(0)) {
      if (candidate.message.sequence === 1) window.putBack({ ...candidate, notBefore: 50 });
      else window.done(candidate);
    }
    expect(sequences(49)).toEqual([]);
    expect(window.nextRetry(0)).toBe(50);
    expect(sequences(50)).toEqual([1]);
  });

  it("on a standard queue lets others past a message that waits, which keeps its place", () => {
    const { window, sequences, take } = setUp();
    window.add(
      [1, 2, 3, 4, 5].map((sequence) => spooled(sequence)),
      0,
    );
    for (const candidate of take(0)) {
      if (candidate.message.sequence === 2) window.putBack({ ...candidate, notBefore: 50 });
      else window.done(candidate);
    }
    expect(sequences(10)).toEqual([4, 5]);
    expect(sequences(50)).toEqual([2, 4, 5]);
    expect(window.nextRetry(50)).toBe(Number.POSITIVE_INFINITY);
  });

  it("counts what it holds until it has left", () => {
    const { window, take } = setUp();
    window.add([spooled(1), spooled(2)], 0);
    const [first, second] = take(0);
    expect(window.held).toEqual({ messages: 2, stuck: 0, bytes: 20 });
    if (first !== undefined) window.done(first);
    if (second !== undefined) window.putBack(second);
    expect(window.held).toEqual({ messages: 1, stuck: 1, bytes: 10 });
  });
});
