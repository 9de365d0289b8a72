import { expect, it } from "vitest";
import { queueDeadline } from "../../lib/application/queue-deadline.ts";

const clock = { now: () => 0, monotonic: () => 1_000 };

it.each([
  ["for as long as any may", { deadline: 9_000, queueTimeout: 5_000, until: 6_000 }],
  ["to the end of both", { deadline: 6_000, queueTimeout: 5_000, until: 6_000 }],
  ["never past its own deadline", { deadline: 5_999, queueTimeout: 5_000, until: 5_999 }],
  ["not at all once that has passed", { deadline: 900, queueTimeout: 5_000, until: 900 }],
])("a request waits for the queue %s", (_, { deadline, queueTimeout, until }) => {
  expect(queueDeadline({ deadline }, { clock, queueTimeout })).toBe(until);
});
