import { describe, expect, it } from "vitest";
import { GroupCommit } from "../../../lib/queue/spool/group-commit.ts";
import { ManualTime, settled } from "./manual-time.ts";

/** A group commit whose writes are answered by the test. */
function setUp({ most = 6 } = {}) {
  const time = new ManualTime();
  const writes: { items: readonly string[]; resolve: () => void; reject: (error: Error) => void }[] = [];
  const commit = new GroupCommit<string, string>({
    write: (items) => {
      const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>();
      writes.push({ items, resolve: () => resolve(items.map((item) => `${item} stored`)), reject });
      return promise;
    },
    clock: time,
    timers: time,
    delay: 2,
    enough: 4,
    most: { items: most, bytes: 100 },
    mostIfSlow: { items: 9, bytes: 100 },
    slow: 50,
  });
  const outcomes: string[] = [];
  const add = (item: string, { bytes = 1, deadline = 1_000 } = {}) =>
    commit.add(item.split(" "), bytes, deadline).then(
      (results) => outcomes.push(...results),
      (error) => outcomes.push(`${item} ${error.code}: ${error.message}`),
    );
  return { time, writes, commit, outcomes, add };
}

/** One whose last write had several items, so that it expects more. */
async function busy() {
  const all = setUp();
  for (const item of ["1", "2", "3", "4"]) all.add(item);
  all.writes[0]?.resolve();
  await settled();
  all.outcomes.length = 0;
  return all;
}

/** Answers the writes in their order, and those that begin meanwhile. */
async function answerAll(writes: ReturnType<typeof setUp>["writes"]) {
  for (const write of writes) {
    write.resolve();
    await settled();
  }
}

describe("GroupCommit", () => {
  it("gathers for the delay, then writes everything at once and answers after the write", async () => {
    const { time, writes, outcomes, add } = await busy();
    add("a");
    await time.pass(1.9);
    add("b");
    expect(writes).toHaveLength(1);
    await time.pass(0.1);
    expect(writes.slice(1).map(({ items }) => items)).toEqual([["a", "b"]]);
    expect(outcomes).toEqual([]);
    writes[1]?.resolve();
    await settled();
    expect(outcomes).toEqual(["a stored", "b stored"]);
  });

  it("keeps nobody waiting for company who had none before", async () => {
    const { time, writes, add } = setUp();
    for (const item of ["a", "b", "c"]) {
      add(item);
      await time.pass(0);
      expect(writes.at(-1)?.items).toEqual([item]);
      writes.at(-1)?.resolve();
      await settled();
    }
  });

  it("writes without delay once enough have gathered", () => {
    const { writes, add } = setUp();
    for (const item of ["a", "b", "c", "d"]) add(item);
    expect(writes.map(({ items }) => items)).toEqual([["a", "b", "c", "d"]]);
  });

  it("gathers during a write what is not yet enough for another", async () => {
    const { time, writes, add } = setUp();
    for (const item of ["a", "b", "c", "d"]) add(item);
    for (const item of ["e", "f", "g"]) add(item);
    await time.pass(10);
    expect(writes).toHaveLength(1);
    writes[0]?.resolve();
    await settled();
    expect(writes[1]?.items).toEqual(["e", "f", "g"]);
  });

  it("begins a second write during the first once enough have gathered, and no third", async () => {
    const { time, writes, outcomes, add } = setUp({ most: 9 });
    for (const item of ["a", "b", "c", "d"]) add(item);
    for (const item of ["e", "f", "g", "h"]) add(item);
    for (const item of ["i", "j", "k", "l", "m"]) add(item);
    await time.pass(10);
    expect(writes.map(({ items }) => items.join(""))).toEqual(["abcd", "efgh"]);
    writes[0]?.resolve();
    await settled();
    expect(outcomes).toEqual(["a stored", "b stored", "c stored", "d stored"]);
    expect(writes[2]?.items.join("")).toBe("ijklm");
    writes[1]?.reject(new Error("no"));
    writes[2]?.resolve();
    await settled();
    expect(outcomes.slice(4)).toEqual([
      ...["e", "f", "g", "h"].map((item) => `${item} unavailable: the spool failed`),
      ...["i", "j", "k", "l", "m"].map((item) => `${item} stored`),
    ]);
  });

  it("has no more in two writes than may be in one, and no second that is not worth it", async () => {
    const { time, writes, add } = setUp({ most: 9 });
    add("a b c d");
    for (const item of ["e", "f", "g"]) add(item);
    for (const item of ["h i", "j", "k"]) add(item);
    expect(writes.map(({ items }) => items.join(""))).toEqual(["abcd", "efghi"]);
    await time.pass(2);
    await answerAll(writes);
    add("l m n o p q");
    for (const item of ["r", "s", "t", "u"]) add(item);
    await settled();
    expect(writes.slice(3).map(({ items }) => items.join(""))).toEqual(["lmnopq"]);
    await answerAll(writes);
    expect(writes.slice(2).map(({ items }) => items.join(""))).toEqual(["jk", "lmnopq", "rstu"]);
    add("v w x y", { bytes: 60 });
    add("z + * /", { bytes: 41 });
    expect(writes.slice(5).map(({ items }) => items.join(""))).toEqual(["vwxy"]);
  });

  it("asks a slow disk for one write at a time", async () => {
    const { time, writes, add } = setUp({ most: 9 });
    for (const item of ["a", "b", "c", "d"]) add(item);
    await time.pass(51);
    writes[0]?.resolve();
    await settled();
    for (const item of ["e", "f", "g", "h", "i", "j", "k", "l"]) add(item);
    expect(writes.slice(1).map(({ items }) => items.join(""))).toEqual(["efgh"]);
    await time.pass(50);
    writes[1]?.resolve();
    await settled();
    for (const item of ["m", "n", "o", "p"]) add(item);
    expect(writes.slice(2).map(({ items }) => items.join(""))).toEqual(["ijkl", "mnop"]);
  });

  it("counts for a write only the time since the one before it has ended", async () => {
    const { time, writes, add } = setUp({ most: 9 });
    for (const item of ["a", "b", "c", "d", "e", "f", "g", "h"]) add(item);
    for (const write of writes) {
      await time.pass(40);
      write.resolve();
      await settled();
    }
    for (const item of ["i", "j", "k", "l", "m", "n", "o", "p"]) add(item);
    expect(writes.map(({ items }) => items.join(""))).toEqual(["abcd", "efgh", "ijkl", "mnop"]);
  });

  it("leaves to the next write what exceeds its items or bytes", async () => {
    const { writes, add } = setUp();
    for (const item of ["a", "b", "c", "d"]) add(item);
    add("e", { bytes: 150 });
    add("f", { bytes: 60 });
    add("g", { bytes: 50 });
    for (const item of ["h", "i", "j", "k", "l", "m"]) add(item);
    await answerAll(writes);
    expect(writes.map(({ items }) => items.join(""))).toEqual(["abcd", "e", "f", "ghijkl", "m"]);
  });

  it("writes more at once as long as writes take long", async () => {
    const { time, writes, add } = setUp();
    add("a b c d");
    await time.pass(51);
    writes[0]?.resolve();
    await settled();
    for (const item of ["e f g h", "i j k", "l m", "n o", "p q r s"]) add(item);
    for (const milliseconds of [51, 50]) {
      await time.pass(milliseconds);
      writes.at(-1)?.resolve();
      await settled();
    }
    await answerAll(writes);
    expect(writes.map(({ items }) => items.join(""))).toEqual(["abcd", "efgh", "ijklmno", "pqrs"]);
    for (const item of ["t u v w x y", "z"]) add(item);
    add("+ - * /");
    await answerAll(writes);
    expect(writes.slice(4).map(({ items }) => items.join(""))).toEqual(["tuvwxy", "z+-*/"]);
  });

  it("writes together what was added together, also where it is more than one write has", async () => {
    const { writes, outcomes, add } = setUp();
    add("a b c d e f g");
    add("h i j");
    add("k l m n");
    await answerAll(writes);
    expect(writes.map(({ items }) => items.join(""))).toEqual(["abcdefg", "hij", "klmn"]);
    expect(outcomes.slice(6, 9)).toEqual(["g stored", "h stored", "i stored"]);
  });

  it("rejects every item of a write that failed, and goes on", async () => {
    const { time, writes, outcomes, add } = setUp();
    add("a");
    add("b");
    await time.pass(2);
    writes[0]?.reject(new Error("no"));
    await settled();
    expect(outcomes).toEqual(["a unavailable: the spool failed", "b unavailable: the spool failed"]);
    add("c");
    await time.pass(2);
    writes[1]?.resolve();
    await settled();
    expect(outcomes.at(-1)).toBe("c stored");
  });

  it("answers at the deadline: timeout for what is being written, unavailable for what is not yet and never will be", async () => {
    const { time, writes, outcomes, add } = setUp();
    add("a", { deadline: 50 });
    add("b", { deadline: 90 });
    await time.pass(2);
    add("c", { deadline: 40 });
    add("d", { deadline: 100 });
    await time.pass(39);
    expect(outcomes).toEqual(["c unavailable: the spool is behind"]);
    await time.pass(20);
    expect(outcomes.at(-1)).toBe("a timeout: the spool was not synced in time");
    writes[0]?.resolve();
    await settled();
    expect(writes[1]?.items).toEqual(["d"]);
    expect(outcomes.at(-1)).toBe("b stored");
  });

  it("is late from when somebody could wait no longer until the write has come to its end", async () => {
    const { time, writes, commit, add } = setUp();
    add("a", { deadline: 10 });
    await time.pass(0);
    add("b", { deadline: 20 });
    await time.pass(9);
    expect(commit.isLate).toBe(false);
    await time.pass(2);
    expect(commit.isLate).toBe(true);
    writes[0]?.resolve();
    await settled();
    expect(commit.isLate).toBe(false);
  });

  it("is late for those behind a write that could wait no longer, though the write's own still can", async () => {
    const { time, writes, commit, add } = setUp();
    add("a", { deadline: 100 });
    await time.pass(0);
    add("b", { deadline: 20 });
    await time.pass(20);
    expect(commit.isLate).toBe(true);
    writes[0]?.resolve();
    await settled();
    expect(commit.isLate).toBe(false);
  });

  it("is not late for those that could not even wait for company", async () => {
    const { time, commit, outcomes, add } = await busy();
    add("a", { deadline: 1 });
    await time.pass(1);
    expect(outcomes).toEqual(["a unavailable: the spool is behind"]);
    expect(commit.isLate).toBe(false);
  });

  it("counts the bytes of what has no outcome yet", async () => {
    const { time, writes, commit, add } = setUp();
    add("a", { bytes: 10 });
    add("b", { bytes: 20, deadline: 40 });
    await time.pass(2);
    add("c", { bytes: 5, deadline: 30 });
    expect(commit.bytes).toBe(35);
    await time.pass(40);
    expect(commit.bytes).toBe(30);
    writes[0]?.resolve();
    await settled();
    expect(commit.bytes).toBe(0);
  });

  it("closes once everything has its outcome, without delay, and takes nothing more", async () => {
    const { writes, commit, outcomes, add } = setUp();
    add("a");
    let closed = false;
    const closing = commit.close().then(() => {
      closed = true;
    });
    add("b");
    await settled();
    expect(closed).toBe(false);
    expect(outcomes).toEqual(["b unavailable: the spool is closed"]);
    writes[0]?.resolve();
    await Promise.all([closing, commit.close()]);
    expect(outcomes).toContain("a stored");
    expect(writes).toHaveLength(1);
  });

  it("closes at the last deadline although a write never ends", async () => {
    const { time, commit, outcomes, add } = setUp();
    add("a", { deadline: 50 });
    await time.pass(2);
    add("b", { deadline: 80 });
    const closing = commit.close();
    await time.pass(80);
    await closing;
    expect(outcomes).toEqual([
      "a timeout: the spool was not synced in time",
      "b unavailable: the spool is behind",
    ]);
  });

  it("answers in time for both of two writes that never end, and closes then", async () => {
    const { time, commit, outcomes, add } = setUp({ most: 9 });
    for (const item of ["a", "b", "c", "d"]) add(item, { deadline: 50 });
    for (const item of ["e", "f", "g", "h"]) add(item, { deadline: 80 });
    let closed = false;
    const closing = commit.close().then(() => {
      closed = true;
    });
    await time.pass(60);
    expect(outcomes).toEqual(
      ["a", "b", "c", "d"].map((item) => `${item} timeout: the spool was not synced in time`),
    );
    expect(closed).toBe(false);
    await time.pass(20);
    await closing;
    expect(outcomes.at(-1)).toBe("h timeout: the spool was not synced in time");
    expect(commit.isLate).toBe(true);
  });

  it("answers in time for the write that never ends although the other has ended", async () => {
    const { time, writes, outcomes, add } = setUp({ most: 9 });
    for (const item of ["a", "b", "c", "d", "e", "f", "g", "h"]) add(item, { deadline: 50 });
    writes[0]?.resolve();
    await settled();
    await time.pass(50);
    expect(outcomes.slice(4)).toEqual(
      ["e", "f", "g", "h"].map((item) => `${item} timeout: the spool was not synced in time`),
    );
  });

  it("leaves no timer behind", async () => {
    const { time, writes, add } = setUp();
    add("a");
    await time.pass(2);
    writes[0]?.resolve();
    await settled();
    expect(time.untilNext).toBe(Number.POSITIVE_INFINITY);
  });
});
