import { join } from "node:path";
import { pino } from "pino";
import { expect, it } from "vitest";
import { makeMetrics } from "../../../lib/program/metrics/metrics.ts";
import { openSpooledQueue } from "../../../lib/program/queue/spooled-queue.ts";
import { readSettings } from "../../../lib/program/settings/read-settings.ts";
import { serveSettings } from "../../../lib/program/settings/serve-settings.ts";
import { startFaultySqs } from "../../support/faulty-sqs.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

it.each([
  ["4m", "postern.fifo", 1],
  ["off", "postern.fifo", 1],
  ["5m", "postern.fifo", 0],
  ["4m", "postern", 0],
])("warns of --remember %s with the queue %s as it should: %i", async (remember, queueName, warnings) => {
  using directory = temporaryDirectory();
  await using resources = new AsyncDisposableStack();
  const sqs = await startFaultySqs({ queueName });
  resources.defer(() => sqs.stop());
  const { queueUrl } = sqs;
  const credentials = { accessKeyId: "any", secretAccessKey: "any" };
  const lines: string[] = [];
  await openSpooledQueue(join(directory.path, "spool"), {
    settings: readSettings(serveSettings, { remember }, {}),
    location: { queueUrl, requestTimeout: 5_000, maxSockets: 8, region: "us-east-1", credentials },
    log: pino({ level: "warn" }, { write: (line: string) => lines.push(line) }),
    metrics: makeMetrics(),
    resources,
    timeToClose: () => 5_000,
    onFailure: () => {},
  });
  expect(lines.filter((line) => line.includes("--remember below 5m"))).toHaveLength(warnings);
});
