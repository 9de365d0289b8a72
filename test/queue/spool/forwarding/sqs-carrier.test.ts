import { afterEach, describe, expect, it } from "vitest";
import { openSqsCarrier } from "../../../../lib/queue/spool/forwarding/sqs-carrier.ts";
import { startFaultySqs } from "../../../support/faulty-sqs.ts";
import { freePort } from "../../../support/free-port.ts";
import { spooled } from "../spooled.ts";

const access = {
  requestTimeout: 2_000,
  maxSockets: 1,
  region: "x",
  credentials: { accessKeyId: "any", secretAccessKey: "any" },
};
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

describe("openSqsCarrier", () => {
  it("tells after each call how wrong this machine's clock is, and once that it may be right again", async () => {
    const port = await freePort();
    const behind = await startFaultySqs({ port, clockAhead: 3_600_000 });
    const told: number[] = [];
    const carrier = await openSqsCarrier(
      { access: { ...access, queueUrl: behind.queueUrl }, callTimeout: 2_000, slowestLine: 8_192 },
      (milliseconds) => told.push(Math.round(milliseconds / 60_000)),
    );
    stops.push(() => carrier.close());
    const { signal } = new AbortController();
    await carrier.send([spooled(1)], signal);
    expect(told).toEqual([-60, -60]);
    await behind.stop();
    // Who gets no answer knows no better.
    await carrier.send([spooled(2)], signal);
    expect(told).toEqual([-60, -60, -60]);
    const right = await startFaultySqs({ port });
    stops.push(() => right.stop());
    told.length = 0;
    // The first may still be on the connection of before, and get no answer.
    for (let number = 2; number < 5; number += 1) await carrier.send([spooled(number)], signal);
    expect(told.filter((minutes) => minutes === 0)).toHaveLength(1);
    expect(told.at(-1)).toBe(0);
  });

  it.each(["hang", "stall_stored"] as const)(
    "gives a call up, when it is told to, that meets a %s",
    async (fault) => {
      const sqs = await startFaultySqs({ call: [fault] });
      const carrier = await openSqsCarrier({
        access: { ...access, queueUrl: sqs.queueUrl },
        // Were the call not given up, this timeout would be that of the test.
        callTimeout: 60_000,
        slowestLine: 8_192,
      });
      stops.push(
        () => carrier.close(),
        () => sqs.stop(),
      );
      const giveUp = new AbortController();
      const deliveries = carrier.send([spooled(1), spooled(2)], giveUp.signal);
      await expect.poll(() => sqs.calls).toEqual([2]);
      giveUp.abort();
      // They may be stored, whatever the endpoint did.
      expect(await deliveries).toMatchObject([{ outcome: "unknown" }, { outcome: "unknown" }]);
    },
  );
});
