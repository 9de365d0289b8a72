import { expect, it } from "vitest";
import { reasonOf } from "../../lib/platform/reason-of.ts";
import { quotaUsedUp } from "../support/quota-used-up.ts";

const refused = new Error("connect ECONNREFUSED ::1:80");

it.each([
  ["an error", refused, refused.message],
  ["something else", "no", "no"],
  ["a quota, which Node does not know", quotaUsedUp, "EDQUOT: disk quota exceeded"],
  ["nothing", undefined, "undefined"],
  [
    "a host of which no address answers",
    new AggregateError([refused, new Error("another")]),
    refused.message,
  ],
  ["several, in words for all of them", new AggregateError([refused], "none answers"), "none answers"],
])("the reason of %s", (_, thrown, reason) => {
  expect(reasonOf(thrown)).toBe(reason);
});
