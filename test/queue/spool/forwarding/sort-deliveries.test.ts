import { describe, expect, it } from "vitest";
import type { Delivery } from "../../../../lib/queue/spool/forwarding/carrier.ts";
import { sortDeliveries } from "../../../../lib/queue/spool/forwarding/sort-deliveries.ts";
import { spooled } from "../spooled.ts";

const candidates = [1, 2, 3, 4].map((sequence) => ({
  message: spooled(sequence),
  since: 0,
  tries: 0,
  failures: 0,
  notBefore: 0,
  company: 10,
}));
const failure = (outcome: Exclude<Delivery["outcome"], "stored">, message: string): Delivery => ({
  outcome,
  error: { message },
});

describe("sortDeliveries", () => {
  it("tells apart what has left, what never will and what is to be sent again", () => {
    const deliveries = [
      { outcome: "stored" } as const,
      failure("refused", "bad"),
      failure("retry", "busy"),
      failure("unknown", "late"),
    ];
    const result = sortDeliveries(candidates, deliveries);
    expect(result.stored).toEqual([candidates[0]]);
    expect(result.refused).toEqual([{ candidate: candidates[1], reason: "bad" }]);
    expect(result.failed).toEqual([candidates[2], candidates[3]]);
    expect(result).toMatchObject({ reason: "late", unavailable: false });
  });

  it("gives the reason of what somebody must mend before any other", () => {
    const deliveries = [failure("retry", "busy"), failure("unavailable", "gone"), failure("retry", "busy")];
    expect(sortDeliveries(candidates, deliveries)).toMatchObject({ reason: "gone", unavailable: true });
  });

  it("takes a message that the answer leaves out for one that may be stored: to be sent again", () => {
    const result = sortDeliveries(candidates, [{ outcome: "stored" }]);
    expect(result.failed).toEqual(candidates.slice(1));
  });
});
