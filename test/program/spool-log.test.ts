import { pino } from "pino";
import { expect, it } from "vitest";
import { spoolLog } from "../../lib/program/spool-log.ts";

it("says in whole milliseconds when the queue is tried again", () => {
  const lines: string[] = [];
  const log = pino({ base: null, timestamp: false }, { write: (line: string) => lines.push(line) });
  spoolLog(log)({ event: "forwarding_paused", reason: "ECONNREFUSED", duration: 96.70103194569487 });
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ reason: "ECONNREFUSED", again_in_ms: 97 }),
  ]);
});
