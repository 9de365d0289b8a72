import { afterEach, describe, expect, it } from "vitest";
import { openSqsCarrier } from "../../../../lib/queue/spool/forwarding/sqs-carrier.ts";
import { startFaultySqs } from "../../../support/faulty-sqs.ts";
import { spooled } from "../spooled.ts";

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

describe("openSqsCarrier", () => {
  it.each(["hang", "stall_stored"] as const)(
    "gives a call up, when it is told to, that meets a %s",
    async (fault) => {
      const sqs = await startFaultySqs({ call: [fault] });
      const carrier = await openSqsCarrier({
        access: {
          queueUrl: sqs.queueUrl,
          requestTimeout: 2_000,
          maxSockets: 1,
          region: "x",
          credentials: { accessKeyId: "any", secretAccessKey: "any" },
        },
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
