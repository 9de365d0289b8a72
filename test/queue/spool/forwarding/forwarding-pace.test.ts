import { describe, expect, it } from "vitest";
import { ForwardingPace } from "../../../../lib/queue/spool/forwarding/forwarding-pace.ts";

const most = { calls: 8, bytes: 100_000 };

function setUp(first = most) {
  const pace = new ForwardingPace(first, most);
  return { pace, allowed: () => [pace.calls, pace.bytes] };
}

describe("ForwardingPace", () => {
  it("begins as it is told, and soon allows all, where the line is fast", () => {
    const { pace, allowed } = setUp({ calls: 1, bytes: 30_000 });
    const seen = Array.from({ length: 10 }, (_, call) => {
      pace.ended(5_000, call, call + 1, true);
      return allowed();
    });
    expect(seen.slice(0, 4)).toEqual([
      [1, 60_000],
      [1, 100_000],
      [2, 100_000],
      [3, 100_000],
    ]);
    expect(seen.at(-1)).toEqual([8, 100_000]);
  });

  it("halves the calls where they are slow, once for those that were under way together", () => {
    const { pace, allowed } = setUp();
    for (let call = 0; call < 8; call += 1) pace.ended(5_000, 0, 11_000 + call, true);
    expect(allowed()).toEqual([4, 100_000]);
    pace.ended(5_000, 12_000, 23_000, false);
    expect(allowed()).toEqual([2, 100_000]);
  });

  it("makes a single call smaller, by what it took, and first larger again", () => {
    const { pace, allowed } = setUp();
    for (const began of [0, 20_000, 40_000]) pace.ended(60_000, began, began + 20_000, false);
    expect(allowed()).toEqual([1, 100_000]);
    pace.ended(60_000, 60_000, 80_000, false);
    expect(allowed()).toEqual([1, 15_000]);
    for (let call = 0; call < 3; call += 1) pace.ended(15_000, 80_000, 81_000, true);
    expect(allowed()).toEqual([1, 100_000]);
    for (let call = 0; call < 20; call += 1) pace.ended(15_000, 81_000, 82_000, true);
    expect(allowed()).toEqual([8, 100_000]);
  });

  it("learns nothing from a call that failed quickly, nor from one that was neither quick nor slow", () => {
    const { pace, allowed } = setUp();
    pace.ended(5_000, 0, 11_000, true);
    pace.ended(5_000, 11_000, 11_100, false);
    pace.ended(5_000, 11_000, 16_000, true);
    expect(allowed()).toEqual([4, 100_000]);
  });
});
