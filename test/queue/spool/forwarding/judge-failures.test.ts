import { describe, expect, it } from "vitest";
import type { Candidate } from "../../../../lib/queue/spool/forwarding/forwarding-window.ts";
import { judgeFailures } from "../../../../lib/queue/spool/forwarding/judge-failures.ts";
import type { CallResult } from "../../../../lib/queue/spool/forwarding/sort-deliveries.ts";
import { spooled } from "../spooled.ts";

const fresh: Candidate = {
  message: spooled(1),
  since: 0,
  tries: 0,
  failures: 0,
  notBefore: 0,
  company: 10,
};

function failing(failed: readonly Candidate[], said: Partial<CallResult> = {}): CallResult {
  return { stored: [], refused: [], failed, reason: "no", unavailable: false, mayBeForOne: true, ...said };
}

describe("judgeFailures", () => {
  const calm = { trying: false, inVain: 1 };

  it("blames one that failed among others, and nothing else", () => {
    const verdict = judgeFailures(failing([fresh]), { ...calm, sent: 10 });
    expect(verdict).toEqual({ nothingGoes: false, retries: [{ ...fresh, tries: 1, failures: 1 }] });
  });

  it("blames nobody where all of a call failed, and sends them in half the company", () => {
    const verdict = judgeFailures(failing(Array(7).fill(fresh)), { ...calm, sent: 7, inVain: 7 });
    expect(verdict.nothingGoes).toBe(true);
    expect(verdict.retries).toEqual(Array(7).fill({ ...fresh, tries: 1, company: 3 }));
  });

  it("keeps them together where the queue only wants them later, until it has said so often", () => {
    const throttled = (tries: number) => failing(Array(2).fill({ ...fresh, tries }), { mayBeForOne: false });
    const company = (tries: number) =>
      judgeFailures(throttled(tries), { ...calm, sent: 2 }).retries.map((retry) => retry.company);
    expect(company(7)).toEqual([10, 10]);
    expect(company(8)).toEqual([1, 1]);
  });

  describe("of one message alone", () => {
    const alone = (
      said: Partial<CallResult>,
      circumstances: Partial<Parameters<typeof judgeFailures>[1]>,
      of = fresh,
    ) => judgeFailures(failing([of], said), { ...calm, sent: 1, ...circumstances });

    it("says nothing of the others", () => {
      expect(alone({}, {})).toEqual({
        nothingGoes: false,
        retries: [{ ...fresh, tries: 1, failures: 1 }],
      });
    });

    it("says that nothing goes where it tried whether the queue is back", () => {
      expect(alone({}, { trying: true }).nothingGoes).toBe(true);
    });

    it("says that nothing goes where more than ten have failed since something got through", () => {
      expect(alone({}, { inVain: 10 }).nothingGoes).toBe(false);
      expect(alone({}, { inVain: 11 }).nothingGoes).toBe(true);
    });

    it("says that nothing goes where somebody must mend the queue, unless it goes alone for what it is", () => {
      expect(alone({ unavailable: true }, {}).nothingGoes).toBe(true);
      expect(alone({ unavailable: true }, {}, { ...fresh, company: 1 }).nothingGoes).toBe(false);
    });
  });
});
