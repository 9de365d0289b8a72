import * as z from "zod/mini";
import { callsign } from "./callsign.ts";
import { check } from "./check.ts";
import { describeValue } from "./describe-value.ts";
import { InvalidMessageError } from "./invalid-message.ts";
import { type Message, messageTypes } from "./message-types.ts";

const text = z.string("must be text").check(z.minLength(1, "must not be empty"));
const seconds = z.int("must be whole Unix seconds");

/** What stands on the queue: the schema of a whole message, of any type. */
export const messageSchemas = Object.fromEntries(
  messageTypes.map(({ name, data }) => [
    name,
    z.object({
      id: text,
      source: z.object({ callsign, ip: z.nullable(text) }, "must be an object"),
      type: z.literal(name),
      time_created: seconds,
      time_uploaded: seconds,
      data,
    }),
  ]),
);

/**
 * Reads the body of an SQS message that Postern put on the queue.
 *
 * @throws {InvalidMessageError} when it is none, or of a type that this version does not know
 */
export function parseMessage(body: string): Message {
  const value = parsedObject(body);
  const { type } = value;
  const schema =
    typeof type === "string" && Object.hasOwn(messageSchemas, type) ? messageSchemas[type] : undefined;
  if (schema === undefined) {
    const known = messageTypes.map(({ name }) => name).join(", ");
    throw new InvalidMessageError("type", `type must be one of ${known}, got ${describeValue(type)}`);
  }
  return check(schema, value, "") as Message;
}

function parsedObject(body: string): { readonly type?: unknown } {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw new InvalidMessageError(
      "",
      `A stored message must be JSON: ${cause instanceof Error ? cause.message : cause}`,
    );
  }
  if (typeof value !== "object" || value === null) {
    throw new InvalidMessageError("", `A stored message must be a JSON object, got ${describeValue(value)}`);
  }
  return value;
}
