import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Patience } from "../../../lib/queue/sqs/patience.ts";

const never = new Promise<never>(() => {});

describe("Patience", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("gives what comes in time, also when that is a failure", async () => {
    const patience = new Patience(1_000, 0, []);
    expect(await patience.outlast(Promise.resolve(1))).toBe(1);
    await expect(patience.outlast(Promise.reject(new Error("no")))).rejects.toThrow("no");
    patience.end();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is one for all stages, and says for which it was not enough", async () => {
    const patience = new Patience(1_000, 500, []);
    vi.advanceTimersByTime(1_000);
    patience.awaited = "credentials";
    await patience.outlast(Promise.resolve());
    patience.awaited = "answer";
    const answer = patience.outlast(never);
    vi.advanceTimersByTime(499);
    expect(patience.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    await expect(answer).rejects.toThrow(/^no answer for more than 1 seconds$/);
    expect(patience.signal.aborted).toBe(true);
  });

  it("ends with the caller's, for the caller's reason, unless it has ended before", async () => {
    const [caller, late] = [new AbortController(), new AbortController()];
    const patience = new Patience(1_000, 0, [late.signal, caller.signal]);
    const answer = patience.outlast(never);
    caller.abort(new Error("stopping"));
    await expect(answer).rejects.toThrow("stopping");
    const ended = new Patience(1_000, 0, [late.signal]);
    ended.end();
    late.abort();
    expect(ended.signal.aborted).toBe(false);
  });
});
