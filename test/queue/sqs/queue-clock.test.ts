import { describe, expect, it } from "vitest";
import { QueueClock } from "../../../lib/queue/sqs/queue-clock.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const clockAt = () => new QueueClock(() => now);

describe("QueueClock", () => {
  it("goes by this machine until it has heard otherwise", () => {
    expect(clockAt().now().getTime()).toBe(now);
  });

  it("goes by the queue where they disagree by more than a signature may", () => {
    const clock = clockAt();
    clock.hear({ date: "Sun, 01 Mar 2026 09:00:00 GMT" }, 0);
    expect(clock.now().toISOString()).toBe("2026-03-01T09:00:00.000Z");
    clock.hear({ date: "Sun, 01 Mar 2026 12:01:00 GMT" }, 0);
    expect(clock.now().getTime()).toBe(now);
  });

  it.each([[{}], [{ date: "yesterday" }], [{ date: "Sun, 01 Mar 2026 09:00:00 GMT", age: "10800" }]])(
    "makes nothing of the headers %j",
    (headers) => {
      const clock = clockAt();
      clock.hear(headers, 0);
      expect([clock.now().getTime(), clock.error]).toEqual([now, 0]);
    },
  );

  it.each([
    // Date, milliseconds that the answer took, by how much this machine is ahead at least.
    ["12:00:00", 0, 0],
    ["11:59:54", 0, 0],
    ["11:59:53", 0, 6_000],
    ["11:00:00", 0, 3_599_000],
    ["11:00:00", 20_000, 3_579_000],
    ["11:59:40", 20_000, 0],
    ["11:59:33", 20_000, 6_000],
    ["12:00:05", 0, 0],
    ["12:00:06", 0, -6_000],
    ["12:00:06", 20_000, -6_000],
    ["13:00:00", 0, -3_600_000],
  ])(
    "knows of an answer of %s that took %i ms that this machine's clock is %i ms ahead",
    (time, took, error) => {
      const clock = clockAt();
      clock.hear({ date: `Sun, 01 Mar 2026 ${time} GMT` }, took);
      expect(clock.error).toBe(error);
      clock.hear({ date: "Sun, 01 Mar 2026 12:00:00 GMT" }, 0);
      expect(clock.error).toBe(0);
    },
  );

  it("tells of one and the same error all the time, at whatever moment of a second", () => {
    for (const ahead of [-5_500, 5_500]) {
      let time = now;
      const clock = new QueueClock(() => time + ahead);
      const told: boolean[] = [];
      for (let step = 0; step < 100; step += 1) {
        time += 130;
        clock.hear({ date: new Date(time).toUTCString() }, 0);
        told.push(clock.error !== 0);
      }
      // It may take a second until it is known.
      expect(told.slice(8)).toEqual(told.slice(8).map(() => true));
    }
  });
});
