import { expect, it } from "vitest";
import { absentQueue } from "../../lib/lambda/absent-queue.ts";
import { functionQueue } from "../../lib/lambda/function-queue.ts";

it.each([
  [undefined, "nothing"],
  ["", '""'],
  ["postern", '"postern"'],
  ["arn:aws:sqs:eu-west-1:123456789012:postern", '"arn:aws:sqs:eu-west-1:123456789012:postern"'],
])("says what QUEUE_URL must be: %s", (queueUrl, shown) => {
  expect(() => functionQueue({ QUEUE_URL: queueUrl }, {})).toThrow(
    `QUEUE_URL must be the URL of an SQS queue, such as https://sqs.eu-west-1.amazonaws.com/123456789012/postern, got ${shown}`,
  );
});

it("asks nothing of the queue at start", async () => {
  const queue = functionQueue({ QUEUE_URL: "http://127.0.0.1:1/000000000000/postern" }, {});
  await expect(queue.close()).resolves.toBeUndefined();
});

it("blames a missing queue on the route, and has the message sent again", async () => {
  const message = {
    id: "1",
    source: { callsign: "M0ZDR", ip: null },
    type: "LISTENER_INFO",
    time_created: 0,
    time_uploaded: 0,
    data: {},
  } as const;
  await expect(absentQueue.push(message, 0)).rejects.toMatchObject({ code: "unavailable" });
  const failed = { outcome: "failed", error: { code: "unavailable" } };
  expect(await absentQueue.pushMany([{ message, contentId: "" }], 0)).toMatchObject([failed]);
  await expect(absentQueue.close()).resolves.toBeUndefined();
});
