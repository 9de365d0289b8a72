import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { classifyCallError } from "../../lib/queue/classify-error.ts";
import { readAnswer } from "../../lib/queue/read-answer.ts";

const read = (statusCode: number, body: string) =>
  readAnswer({ statusCode, headers: {}, body: Readable.from([Buffer.from(body)]) });

describe("readAnswer", () => {
  it("gives what a successful call says", async () => {
    expect(await read(200, '{"Successful": []}')).toEqual({ Successful: [] });
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
    [502, "<html>Bad Gateway</html>", "UnknownError", "HTTP status 502"],
  ])("throws SQS's code and words for %i %s", async (status, body, name, message) => {
    await expect(read(status, body)).rejects.toMatchObject({
      name,
      message,
      $metadata: { httpStatusCode: status },
    });
  });

  it("says of a success that cannot be read that the messages may be stored", async () => {
    const cut = new Readable({ read() {} });
    cut.push('{"Succ');
    setImmediate(() => cut.destroy());
    for (const body of [Readable.from([Buffer.from("{")]), cut]) {
      const error = await readAnswer({ statusCode: 200, headers: {}, body }).catch(
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({ name: "UnreadableAnswer" });
      expect(classifyCallError(error)).toBe("unknown");
    }
  });

  it.each([200, 502])("stops reading an answer that does not end, with status %i", async (status) => {
    let read = 0;
    const endless = new Readable({
      read() {
        read += 65_536;
        if (read > 50_000_000) this.push(null);
        else this.push(Buffer.alloc(65_536, "x"));
      },
    });
    const error = await readAnswer({ statusCode: status, headers: {}, body: endless }).catch(
      (reason: unknown) => reason,
    );
    expect(classifyCallError(error)).toBe("unknown");
    expect(endless.destroyed).toBe(true);
    expect(read).toBeLessThan(2_000_000);
  });
});
