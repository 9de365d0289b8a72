import { type ConnectionObserver, noObserver, type RequestRecord } from "../../server/connection-observer.ts";
import type { Logger } from "./logger.ts";
import { shortRequestLine } from "./short-request-line.ts";

/**
 * Writes one compact line a request: what happened and how long it took, nothing of the payload.
 *
 * @param sample share of the successful requests that are written, from 0 to 1
 * @param random from 0 to below 1
 */
export function requestLog(
  log: Logger,
  sample: number,
  random: () => number = Math.random,
): ConnectionObserver {
  return {
    ...noObserver,
    finished(record) {
      if (record.status === 200 && record.outcome === "answered" && random() >= sample) return;
      log.info(requestLine(record), "request");
    },
    acceptFailed(transport, error) {
      log.error({ transport, reason: error.message }, "a connection could not be accepted");
    },
  };
}

function requestLine(record: RequestRecord) {
  const { id, transport, client, status, outcome, reason, results, bytesIn, phases } = record;
  const { method, path } = shortRequestLine(record);
  let milliseconds = 0;
  for (const [, duration] of phases) milliseconds += duration;
  return {
    id,
    transport,
    client,
    method,
    path,
    status,
    outcome: outcome === "answered" ? undefined : outcome,
    reason,
    results,
    in: bytesIn,
    ms: Math.round(milliseconds * 100) / 100,
  };
}
