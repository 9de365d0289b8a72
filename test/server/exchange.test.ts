import { describe, expect, it } from "vitest";
import { Problem } from "../../lib/application/problem.ts";
import { respond } from "../../lib/application/respond.ts";
import { systemClock } from "../../lib/message/clock.ts";
import { Cohort } from "../../lib/server/cohort.ts";
import { doorSettings } from "../../lib/server/door.ts";
import { Exchange } from "../../lib/server/exchange.ts";
import { held, watching } from "./stand-ins.ts";

/** Counts the requests under way as the cohort is told of them. */
class CountingCohort extends Cohort {
  underWay = 0;

  override began(): void {
    this.underWay += 1;
    super.began();
  }

  override ended(): void {
    this.underWay -= 1;
    super.ended();
  }
}

function setUp() {
  const cohort = new CountingCohort();
  const handler = held();
  let now = 1_000;
  const observer = watching();
  const settings = {
    ...doorSettings({
      listen: { kind: "tcp", host: "127.0.0.1", port: 0 },
      handler,
      observer,
      clock: { ...systemClock, now: () => now },
      newRequestId: () => "id",
    }),
    cohort,
  };
  const exchange = new Exchange("scgi", settings, 0);
  const head = { method: "POST", path: "/message", prefix: "", headers: new Map(), client: undefined };
  const pass = (milliseconds: number) => {
    now += milliseconds;
  };
  return { cohort, handler, observer, exchange, head, pass };
}

const end = { delivered: true, bytesIn: 1, bytesOut: 1 };
const refusal = new Problem("request_timeout", "too slow");

describe("Exchange", () => {
  it("is under way from its first byte until it is answered, or gone", async () => {
    const { cohort, handler, exchange, head } = setUp();
    expect(cohort.underWay).toBe(1);
    const asked = exchange.ask(head, new Uint8Array(1));
    handler.release();
    const response = await asked;
    expect(cohort.underWay).toBe(1);
    exchange.answer(response);
    expect(cohort.underWay).toBe(0);
    exchange.finish(end);
    expect(cohort.underWay).toBe(0);
  });

  it("is under way no more once it is refused", () => {
    const { cohort, exchange } = setUp();
    exchange.refuse(refusal);
    expect(cohort.underWay).toBe(0);
    exchange.finish(end);
    expect(cohort.underWay).toBe(0);
  });

  it("is under way no more once its client has gone, whatever comes of it then", () => {
    const { cohort, exchange } = setUp();
    exchange.finish({ ...end, delivered: false });
    expect(cohort.underWay).toBe(0);
    exchange.answer(respond({ status: 200, contentType: "text/plain", body: "late" }, exchange));
    expect(cohort.underWay).toBe(0);
  });

  it("is told of later than it ended, and with the time of its end", () => {
    const { cohort, exchange, observer, pass } = setUp();
    exchange.finish(end);
    expect(observer.records).toEqual([]);
    pass(15);
    cohort.run();
    expect(observer.records).toMatchObject([{ id: "id", endedAt: 1_000 }]);
  });
});
