import { describe, expect, it } from "vitest";
import { classifyCallError } from "../../../lib/queue/sqs/classify-error.ts";
import { readAnswer } from "../../../lib/queue/sqs/read-answer.ts";

type Answer = Parameters<typeof readAnswer>[0];

const failureOf = (answer: Answer): unknown => {
  try {
    return readAnswer(answer);
  } catch (error) {
    return error;
  }
};

describe("readAnswer", () => {
  it("gives what a successful call says", () => {
    expect(readAnswer({ statusCode: 200, body: '{"Successful": []}' })).toEqual({ Successful: [] });
  });

  it.each([
    [
      400,
      '{"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "no queue"}',
      "QueueDoesNotExist",
      "no queue",
    ],
    [403, '{"__type": "AccessDeniedException", "Message": "no"}', "AccessDeniedException", "no"],
    [500, '{"__type": "com.amazonaws.sqs#InternalError"}', "InternalError", "HTTP status 500"],
    [400, "null", "UnknownError", "HTTP status 400"],
    [500, '{"__type": 5, "message": {"a": 1}}', "UnknownError", "HTTP status 500"],
    [502, "<html>Bad Gateway</html>", "UnknownError", "HTTP status 502"],
  ])("throws SQS's code and words for %i %s", (statusCode, body, name, message) => {
    expect(failureOf({ statusCode, body })).toMatchObject({
      name,
      message,
      $metadata: { httpStatusCode: statusCode },
    });
  });

  it.each<Answer>([
    { statusCode: 200, body: '{"Succ' },
    { statusCode: 200, body: "" },
    { statusCode: 200, body: "null" },
    { statusCode: 200, body: undefined, failure: new Error("it broke off") },
  ])("says of a success that cannot be read that the messages may be stored: %j", (answer) => {
    const error = failureOf(answer);
    expect(error).toMatchObject({ name: "UnreadableAnswer" });
    expect(classifyCallError(error)).toBe("unknown");
  });

  it("goes by the status of an error that breaks off", () => {
    const error = failureOf({ statusCode: 503, body: undefined, failure: new Error("it broke off") });
    expect(error).toMatchObject({ message: "HTTP status 503" });
    expect(classifyCallError(error)).toBe("retry");
  });
});
