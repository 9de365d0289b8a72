import { pino } from "pino";
import { expect, it } from "vitest";
import { spoolLog } from "../../../lib/program/logs/spool-log.ts";

function setUp() {
  let now = 0;
  const lines: string[] = [];
  const log = pino({ base: null, timestamp: false }, { write: (line: string) => lines.push(line) });
  const tell = spoolLog(log, { monotonic: () => now });
  return {
    tell,
    told: () => lines.splice(0).map((line) => JSON.parse(line)),
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

it("says in whole milliseconds when the queue is tried again", () => {
  const { tell, told } = setUp();
  tell({ event: "forwarding_paused", reason: "ECONNREFUSED", duration: 96.70103194569487 });
  expect(told()).toEqual([expect.objectContaining({ reason: "ECONNREFUSED", again_in_ms: 97 })]);
});

it("says why a message does not get through, and which, once in a minute", () => {
  const { tell, told, pass } = setUp();
  const failed = (tries: number) =>
    tell({ event: "sending_failed", messages: 1, id: "a", tries, reason: "InternalError" });
  failed(1);
  expect(told()).toEqual([
    expect.objectContaining({ level: 40, messages: 1, id: "a", tries: 1, reason: "InternalError" }),
  ]);
  pass(59_999);
  failed(2);
  expect(told()).toEqual([]);
  pass(1);
  failed(3);
  expect(told()).toEqual([expect.objectContaining({ tries: 3 })]);
});
