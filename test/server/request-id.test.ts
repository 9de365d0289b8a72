import { describe, expect, it } from "vitest";
import { requestIds } from "../../lib/server/request-id.ts";

describe("requestIds", () => {
  it("makes ids that are unique within a run and among runs, and safe in a header", () => {
    const runs = [requestIds(), requestIds()];
    const ids = runs.flatMap((next) => Array.from({ length: 1_000 }, () => next()));
    expect(new Set(ids).size).toBe(2_000);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{12}-[0-9a-z]{1,11}$/);
  });
});
