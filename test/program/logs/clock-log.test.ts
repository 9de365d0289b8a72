import { pino } from "pino";
import { expect, it } from "vitest";
import { clockLog } from "../../../lib/program/logs/clock-log.ts";

it("says once a minute by how much the clock is wrong, and when it may be right again", () => {
  let now = 0;
  const lines: string[] = [];
  const log = pino({ base: null, timestamp: false }, { write: (line: string) => lines.push(line) });
  const tell = clockLog(log, { monotonic: () => now });
  const told = () => lines.splice(0).map((line) => JSON.parse(line));

  tell(0);
  expect(told()).toEqual([]);
  tell(-3_599_900);
  tell(-3_600_400);
  expect(told()).toEqual([
    {
      level: 40,
      seconds_ahead: -3_600,
      msg: "this machine's clock differs from the queue's, so the times of all messages are wrong",
    },
  ]);
  now += 60_000;
  tell(-3_600_000);
  expect(told()).toHaveLength(1);
  tell(0);
  tell(0);
  expect(told()).toEqual([{ level: 30, msg: "this machine's clock may be right again" }]);
});
