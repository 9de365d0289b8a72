import { pino } from "pino";
import { expect, it } from "vitest";
import { requestLog } from "../../../lib/program/logs/request-log.ts";
import type { RequestRecord } from "../../../lib/server/connection-observer.ts";

const answered: RequestRecord = {
  id: "1",
  transport: "http",
  client: "2.7.5.8",
  method: "POST",
  path: "/message",
  prefix: "",
  status: 200,
  outcome: "answered",
  reason: undefined,
  results: undefined,
  bytesIn: 300,
  bytesOut: 200,
  endedAt: 0,
  phases: [
    ["read", 1.25],
    ["answered", 2.504],
  ],
};

/** The lines that are written of a request. */
function logged(change: Partial<RequestRecord>, sample: number, random = 0.5): readonly object[] {
  const lines: object[] = [];
  const log = pino(
    { base: null, timestamp: false },
    { write: (line: string) => lines.push(JSON.parse(line)) },
  );
  requestLog(log, sample, () => random).finished({ ...answered, ...change });
  return lines;
}

it("says in one line what became of a request and how long it took", () => {
  expect(logged({}, 1)).toEqual([
    {
      level: 30,
      msg: "request",
      id: "1",
      transport: "http",
      client: "2.7.5.8",
      method: "POST",
      path: "/message",
      status: 200,
      in: 300,
      ms: 3.75,
    },
  ]);
});

it.each([
  [0, 0, 0],
  [0.5, 0.49, 1],
  [0.5, 0.5, 0],
  [1, 0.99, 1],
])("of the successful ones writes that share: of %d, drawn %d", (sample, drawn, count) => {
  expect(logged({}, sample, drawn)).toHaveLength(count);
});

it.each([
  ["without success", { status: 400 }],
  ["whose client had gone before it could have its 200", { outcome: "client_gone" }],
  ["whose client did not take its 200", { outcome: "timed_out" }],
] as const)("writes each request %s, however few others", (_, change) => {
  expect(logged(change, 0)).toMatchObject([change]);
});
