import * as z from "zod/mini";
import { phaseNames } from "../../application/phases.ts";
import { itemOutcomes } from "../../application/summary.ts";
import { type RequestRecord, requestOutcomes } from "../../server/connection-observer.ts";
import { shortRequestLine } from "./short-request-line.ts";

/**
 * What one line of the statistics log says of one request, or of a connection that sent none.
 *
 * Phases are in milliseconds on the monotonic clock, to the microsecond. Each lasts from the end of the one before it; `read`
 * counts from the accept of the connection, or from the first byte of a request that is not its first; of one whose head was
 * not whole when another before it was answered, from that answer.
 */
export const statisticsLine = z.object({
  /** When the request came to its end: ISO 8601, UTC. */
  time: z.string(),
  id: z.string(),
  transport: z.enum(["http", "scgi"]),
  client: z.optional(z.string()),
  method: z.optional(z.string()),
  path: z.optional(z.string()),
  status: z.optional(z.number()),
  outcome: z.enum(requestOutcomes),
  /** The code of the problem that it was answered with. */
  reason: z.optional(z.string()),
  /** How many of its messages came to what, where it was one for many. */
  results: z.optional(z.partialRecord(z.enum(itemOutcomes), z.number())),
  bytes_in: z.number(),
  bytes_out: z.number(),
  phases: z.partialRecord(z.enum(phaseNames), z.number()),
  total: z.number(),
});

export type StatisticsLine = z.output<typeof statisticsLine>;

export function statisticsOf(record: RequestRecord): StatisticsLine {
  const { id, transport, client, status, outcome, reason, results, bytesIn, bytesOut, endedAt, phases } =
    record;
  const { method, path } = shortRequestLine(record);
  return {
    time: new Date(endedAt).toISOString(),
    id,
    transport,
    ...(client === undefined ? {} : { client }),
    ...(method === undefined ? {} : { method }),
    ...(path === undefined ? {} : { path }),
    ...(status === undefined ? {} : { status }),
    outcome,
    ...(reason === undefined ? {} : { reason }),
    ...(results === undefined ? {} : { results: { ...results } }),
    bytes_in: bytesIn,
    bytes_out: bytesOut,
    phases: Object.fromEntries(phases.map(([name, duration]) => [name, microseconds(duration)])),
    total: microseconds(phases.reduce((sum, [, duration]) => sum + duration, 0)),
  };
}

function microseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
