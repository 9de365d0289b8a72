import { pino } from "pino";
import { expect, it } from "vitest";
import { retryLog } from "../../../lib/program/logs/retry-log.ts";
import { QueueError } from "../../../lib/queue/queue-error.ts";

it("says what is sent again and why, once in a minute", () => {
  let now = 0;
  const lines: string[] = [];
  const log = pino({ base: null, timestamp: false }, { write: (line: string) => lines.push(line) });
  const onRetry = retryLog(log, { monotonic: () => now });
  const error = new QueueError("unavailable", "https://q: ECONNREFUSED");
  onRetry(3, 12.34, error);
  onRetry(2, 100, error);
  now = 59_999;
  onRetry(2, 100, error);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { level: 40, entries: 3, delay: 12, reason: "https://q: ECONNREFUSED", msg: "sending again" },
  ]);
  now = 60_000;
  onRetry(1, 100, error);
  expect(lines).toHaveLength(2);
});
