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

const named = { sequence: 7, callsign: "M0ZDR", id: "a", type: "LISTENER_INFO" };

it("names each message that is set aside as `postern spool` does", () => {
  const { tell, told } = setUp();
  for (const reason of ["too large", "too large"]) tell({ event: "set_aside", ...named, reason });
  const line = {
    level: 50,
    ...named,
    reason: "too large",
    msg: expect.stringMatching(/refused .* for good/),
  };
  expect(told()).toEqual([line, line]);
});

it("says why a message does not get through, and which, once in a minute", () => {
  const { tell, told, pass } = setUp();
  const failed = (tries: number) =>
    tell({ event: "sending_failed", messages: 1, ...named, tries, reason: "InternalError" });
  failed(1);
  expect(told()).toEqual([
    expect.objectContaining({ level: 40, messages: 1, ...named, tries: 1, reason: "InternalError" }),
  ]);
  pass(59_999);
  failed(2);
  expect(told()).toEqual([]);
  pass(1);
  failed(3);
  expect(told()).toEqual([expect.objectContaining({ tries: 3 })]);
});

it("tells of a disk that fails for each message once in a minute, and of each new reason", () => {
  const { tell, told, pass } = setUp();
  const fail = (reason: string) => tell({ event: "storing_failed", messages: 1, reason });
  for (let time = 0; time < 1_000; time += 1) fail("disk I/O error");
  expect(told()).toEqual([expect.objectContaining({ level: 50, reason: "disk I/O error" })]);
  for (let reason = 0; reason < 100; reason += 1) fail(`reason ${reason}`);
  expect(told()).toHaveLength(9);
  pass(60_000);
  fail("disk I/O error");
  expect(told()).toHaveLength(1);
});

it("tells of the end of a failure and of the next, however short, unless they take turns", () => {
  const { tell, told, pass } = setUp();
  const fail = () => tell({ event: "forwarding_paused", duration: 1, reason: "no route" });
  const end = () => tell({ event: "forwarding_resumed" });
  for (const milliseconds of [1_000, 1_000, 10, 10, 10]) {
    fail();
    end();
    pass(milliseconds);
  }
  const [paused, resumed] = [expect.objectContaining({ level: 40 }), expect.objectContaining({ level: 30 })];
  expect(told()).toEqual([paused, resumed, paused, resumed, paused, resumed]);
});
