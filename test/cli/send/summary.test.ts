import { expect, it } from "vitest";
import { type SendResult, summaryLine } from "../../../lib/cli/send/summary.ts";

const result: SendResult = {
  end: { end: "complete" },
  counts: { accepted: 3, duplicate: 2, rejected: 1 },
  unknown: 0,
  hasRest: false,
  next: 7,
};

it("sums up all inputs in one line", () => {
  expect(
    summaryLine([result, { ...result, unknown: 4 }], { settled: 6, milliseconds: 1_500, hasRest: false }),
  ).toBe("6 accepted, 4 duplicate, 2 rejected, 4 unknown; 1.5 s, 4 a second");
});

it("says that there is a rest, of one of the inputs or of those that were not begun", () => {
  const line = "3 accepted, 2 duplicate, 1 rejected, 0 unknown, the rest not delivered; 0.0 s, 0 a second";
  const run = { settled: 0, milliseconds: 0, hasRest: false };
  expect(summaryLine([{ ...result, hasRest: true }], run)).toBe(line);
  expect(summaryLine([result], { ...run, hasRest: true })).toBe(line);
});
