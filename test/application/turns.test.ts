import { describe, expect, it } from "vitest";
import { Turns } from "../../lib/application/turns.ts";

/** Numbers each of which takes a millisecond, by a clock that stands still otherwise. */
async function work(count: number, until = 1_000) {
  let elapsed = 0;
  const turns = new Turns({ monotonic: () => elapsed }, until);
  const done: (number | "others")[] = [];
  for (let number = 1; number <= count; number += 1) {
    elapsed += 1;
    done.push(number);
    if (!turns.isOver) continue;
    setImmediate(() => done.push("others"));
    if (!(await turns.next())) break;
  }
  return done;
}

describe("Turns", () => {
  it("lets others have their turn every few milliseconds", async () => {
    expect(await work(10)).toEqual([1, 2, 3, 4, "others", 5, 6, 7, 8, "others", 9, 10]);
  });

  it("is not over before it has lasted", async () => {
    expect(await work(3)).toEqual([1, 2, 3]);
  });

  it("has no other when its time is up", async () => {
    expect(await work(100, 8)).toEqual([1, 2, 3, 4, "others", 5, 6, 7, 8, "others"]);
  });
});
