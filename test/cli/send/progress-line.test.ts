import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ProgressView, progressBar, progressReport } from "../../../lib/cli/send/progress-line.ts";

const view: ProgressView = {
  name: "station.ndjson",
  share: 0.5,
  settled: 1_200,
  rejected: 3,
  rate: 99.7,
  pause: undefined,
};

const pause = { where: "http://127.0.0.1:8080", reason: "nobody listens there", milliseconds: 1_500 };

describe("progressBar", () => {
  it.each([
    [100, "station.ndjson  [###############---------------]   50%  1200 sent  3 rejected  100/s"],
    [62, "station.ndjson  [####----]   50%  1200 sent  3 rejected  100/s"],
    [61, "station.ndjson   50%  1200 sent  3 rejected  100/s"],
    [45, "station.ndjson   50%  1200 sent  3 rejected"],
    [30, " 50%  1200 sent  3 rejected"],
    [10, " 50%  1200"],
  ])("in %i columns is %j", (columns, line) => {
    expect(progressBar(view, columns)).toBe(line);
  });

  it("has no bar where nobody knows how much there is", () => {
    expect(progressBar({ ...view, share: undefined, rejected: 0 }, 100)).toBe(
      "station.ndjson  1200 sent  100/s",
    );
  });

  it.each([
    [100, "station.ndjson   50%  http://127.0.0.1:8080: nobody listens there; trying again in 1.5 s"],
    [80, " 50%  http://127.0.0.1:8080: nobody listens there; trying again in 1.5 s"],
    [70, "http://127.0.0.1:8080: nobody listens there; trying again in 1.5 s"],
    [60, "nobody listens there; trying again in 1.5 s"],
    [39, "nobody listens there; again in 1.5 s"],
    [30, "nobody listen…; again in 1.5 s"],
    [10, "…; again i"],
  ])("says in %i columns why nothing gets through, and until when: %j", (columns, line) => {
    expect(progressBar({ ...view, pause }, columns)).toBe(line);
  });

  it("counts two columns for wide characters", () => {
    const wide = { ...view, name: "観測所.ndjson" };
    expect(progressBar(wide, 60)).toBe("観測所.ndjson   50%  1200 sent  3 rejected  100/s");
    expect(progressBar(wide, 48)).toBe("観測所.ndjson   50%  1200 sent  3 rejected");
    expect(progressBar({ ...view, pause: { ...pause, reason: "到達できません" } }, 30)).toBe(
      "到達できません; again in 1.5 s",
    );
    expect(progressBar({ ...view, pause: { ...pause, reason: "到達できません" } }, 29)).toBe(
      "到達できませ…; again in 1.5 s",
    );
  });

  it("never has more characters than there are columns", () => {
    const views = fc.record({
      name: fc.string(),
      share: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
      settled: fc.nat(),
      rejected: fc.nat(5),
      rate: fc.double({ min: 0, max: 1e6, noNaN: true }),
      pause: fc.option(fc.record({ where: fc.string(), reason: fc.string(), milliseconds: fc.nat(40_000) }), {
        nil: undefined,
      }),
    });
    fc.assert(
      fc.property(views, fc.integer({ min: 0, max: 150 }), (any, columns) => {
        expect(progressBar(any, columns).length).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

describe("progressReport", () => {
  it("says everything, without a bar", () => {
    expect(progressReport(view)).toBe("station.ndjson   50%  1200 sent  3 rejected  100/s");
    expect(progressReport({ ...view, pause })).toBe(
      "station.ndjson   50%  http://127.0.0.1:8080: nobody listens there; trying again in 1.5 s",
    );
  });
});
