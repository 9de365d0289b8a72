import { describe, expect, it } from "vitest";
import { RecentKeys } from "../../../lib/queue/sqs/recent-keys.ts";
import { numberedMessage } from "../../support/messages.ts";

function setUp() {
  const time = { now: 0 };
  const keys = new RecentKeys({ monotonic: () => time.now });
  const claim = (id: string, contentId: string, callsign = "A") =>
    keys.claim({ ...numberedMessage(1, callsign), id }, contentId);
  return { time, keys, claim };
}

describe("RecentKeys", () => {
  it("lets the same content come again under its key, and no other", () => {
    const { claim } = setUp();
    expect([claim("key", "one"), claim("key", "one"), claim("key", "two")]).toEqual([true, true, false]);
    expect([claim("other", "two"), claim("key", "two", "B")]).toEqual([true, true]);
  });

  it("remembers a key for five minutes, and no id that is none", () => {
    const { time, claim } = setUp();
    claim("key", "one");
    expect(claim("one", "one")).toBe(true);
    expect(claim("one", "two")).toBe(true);
    time.now = 299_999;
    expect(claim("key", "two")).toBe(false);
    time.now = 300_000;
    expect(claim("key", "two")).toBe(true);
  });

  it("counts the five minutes from when it was stored, after tries of which nobody knows", () => {
    const { time, keys, claim } = setUp();
    const message = { ...numberedMessage(1, "A"), id: "key" };
    claim("key", "one");
    time.now = 200_000;
    claim("key", "one");
    keys.stored(message, "one");
    time.now = 300_000;
    // A repeat moves the queue's window no further.
    claim("key", "one");
    keys.stored(message, "one");
    time.now = 499_999;
    expect(claim("key", "two")).toBe(false);
    time.now = 500_000;
    expect(claim("key", "two")).toBe(true);
  });

  it("forgets what was not stored, but not what another stored under the key", () => {
    const { keys, claim } = setUp();
    const message = { ...numberedMessage(1, "A"), id: "key" };
    claim("key", "one");
    keys.release(message, "two");
    expect(claim("key", "two")).toBe(false);
    keys.release(message, "one");
    expect(claim("key", "two")).toBe(true);
  });

  it("keeps a key as long as one of those who had it stored its message, or may have", () => {
    const { keys, claim } = setUp();
    const message = { ...numberedMessage(1, "A"), id: "key" };
    for (let push = 0; push < 3; push += 1) claim("key", "one");
    keys.release(message, "one");
    keys.release(message, "one");
    expect(claim("key", "two")).toBe(false);
    keys.release(message, "one");
    expect(claim("key", "two")).toBe(true);
  });

  it("remembers the last ten thousand", () => {
    const { claim } = setUp();
    for (let key = 0; key <= 10_000; key += 1) claim(`key ${key}`, "one");
    expect([claim("key 10000", "two"), claim("key 2", "two"), claim("key 0", "two")]).toEqual([
      false,
      false,
      true,
    ]);
  });
});
