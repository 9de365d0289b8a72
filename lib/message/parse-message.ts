import * as z from "zod/mini";
import { callsign } from "./callsign.ts";
import { checkStored } from "./check.ts";
import { canonicalAddress } from "./client-address.ts";
import { describeValue } from "./describe-value.ts";
import { InvalidMessageError } from "./invalid-message.ts";
import { id } from "./message-id.ts";
import { type Message, messageTypes, typeNames } from "./message-types.ts";

const seconds = z.int("must be whole Unix seconds");
const addressExpected = "must be null or an IPv4 or IPv6 address in its canonical form";
const address = z
  .string(addressExpected)
  .check(z.refine((text) => canonicalAddress(text) === text, addressExpected));

/** What stands on the queue: the schema of a whole message by its type, with `z.encode` as strict as `parseMessage`. */
export const messageSchemas = Object.fromEntries(
  messageTypes.map(({ name, data }) => [
    name,
    z.object({
      id,
      source: z.object({ callsign, ip: z.nullable(address) }, "must be an object"),
      type: z.literal(name),
      time_created: seconds,
      time_uploaded: seconds,
      data,
    }),
  ]),
);

/**
 * Reads the body of an SQS message that Postern put on the queue, and no other: nothing is lenient here.
 *
 * @throws {InvalidMessageError} when it is none, or of a type that this version does not know
 */
export function parseMessage(body: string): Message {
  const value = parsedObject(body);
  const { type } = value;
  const schema =
    typeof type === "string" && Object.hasOwn(messageSchemas, type) ? messageSchemas[type] : undefined;
  if (schema === undefined) {
    throw new InvalidMessageError("type", `type must be one of ${typeNames}, got ${describeValue(type)}`);
  }
  return checkStored(schema, value) as Message;
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
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InvalidMessageError("", `A stored message must be a JSON object, got ${describeValue(value)}`);
  }
  return value;
}
