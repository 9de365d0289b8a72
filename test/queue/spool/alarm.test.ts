import { describe, expect, it } from "vitest";
import { Alarm } from "../../../lib/queue/spool/alarm.ts";
import { ManualTime } from "./manual-time.ts";

function setUp() {
  const time = new ManualTime();
  const rings: number[] = [];
  const alarm = new Alarm(time, time, () => rings.push(time.monotonic()));
  return { time, rings, alarm };
}

describe("Alarm", () => {
  it("goes off once, at the earliest of the times asked for", async () => {
    const { time, rings, alarm } = setUp();
    for (const at of [30, Number.POSITIVE_INFINITY, 10, 20]) alarm.atLatest(at);
    await time.pass(100);
    expect(rings).toEqual([10]);
  });

  it("can be set again once it went off, also for a time that has passed", async () => {
    const { time, rings, alarm } = setUp();
    alarm.atLatest(10);
    await time.pass(10);
    alarm.atLatest(20);
    await time.pass(20);
    alarm.atLatest(5);
    await time.pass(0);
    expect(rings).toEqual([10, 20, 30]);
  });

  it("does not go off once it is cleared, and can be set again, for later than before", async () => {
    const { time, rings, alarm } = setUp();
    alarm.atLatest(10);
    alarm.clear();
    await time.pass(20);
    expect(rings).toEqual([]);
    alarm.atLatest(25);
    await time.pass(10);
    expect(rings).toEqual([25]);
  });
});
