import { afterEach, describe, expect, it } from "vitest";
import { sqsCarrier } from "../../../lib/queue/spool/sqs-carrier.ts";
import { startFaultySqs } from "../../support/faulty-sqs.ts";
import { spooled } from "./spooled.ts";

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

describe("sqsCarrier", () => {
  it.each(["hang", "stall_stored"] as const)(
    "gives a call up, when it is told to, that meets a %s",
    async (fault) => {
      const sqs = await startFaultySqs({ call: [fault] });
      const carrier = sqsCarrier({
        client: {
          queueUrl: sqs.queueUrl,
          // Were the call not given up, this timeout would be that of the test.
          requestTimeout: 60_000,
          maxSockets: 1,
          region: "x",
          credentials: { accessKeyId: "any", secretAccessKey: "any" },
        },
        limits: { messageBytes: 1_048_576, fifo: false },
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
