import { describe, expect, it } from "vitest";
import { inTurns } from "../../lib/application/in-turns.ts";

/** Numbers each of which takes a millisecond, by a clock that stands still otherwise. */
async function turns(count: number, until = 1_000) {
  let elapsed = 0;
  const clock = { now: () => 0, monotonic: () => elapsed };
  function* numbers() {
    for (let number = 1; number <= count; number += 1) {
      elapsed += 1;
      yield number;
    }
  }
  const given: (readonly number[] | "others")[] = [];
  for await (const reached of inTurns(numbers(), clock, until)) {
    given.push(reached);
    setImmediate(() => given.push("others"));
  }
  return given;
}

describe("inTurns", () => {
  it("lets others have their turn every few milliseconds", async () => {
    expect(await turns(10)).toEqual([[1, 2, 3, 4], "others", [5, 6, 7, 8], "others", [9, 10]]);
  });

  it("gives nothing where there is nothing", async () => {
    expect(await turns(0)).toEqual([]);
  });

  it("reaches no more when its time is up", async () => {
    expect(await turns(100, 8)).toEqual([[1, 2, 3, 4], "others", [5, 6, 7, 8], "others"]);
  });
});
