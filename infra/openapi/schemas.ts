import { isDeepStrictEqual } from "node:util";
import * as z from "zod/mini";
import { base64 } from "../../lib/message/base64.ts";
import { callsign } from "../../lib/message/callsign.ts";
import { id } from "../../lib/message/message-id.ts";
import { messageTypes } from "../../lib/message/message-types.ts";
import { decimal, unixSeconds } from "../../lib/message/number.ts";

/** What many schemas have in them, named once. */
const decimalText = textOf(jsonSchema(decimal(0, 0, ""), "input"));

/** `base64` reads past white space, of which no schema of its own says anything. */
const base64Text =
  "^[\\t-\\r ]*(?:(?:[A-Za-z0-9+/][\\t-\\r ]*){4})*(?:(?:[A-Za-z0-9+/][\\t-\\r ]*){2}=[\\t-\\r ]*=[\\t-\\r ]*|(?:[A-Za-z0-9+/][\\t-\\r ]*){3}=[\\t-\\r ]*)?$";

const count = { type: "integer" };
const countOfSome = { ...count, minimum: 1, description: "Absent when there are none." };
/** Corrected, in Unix seconds. */
const times = { time_created: { type: "integer" }, time_uploaded: { type: "integer" } };

const inShort = { status: { type: "integer" }, code: { type: "string" } };
const inFull = { ...inShort, title: { type: "string" }, detail: { type: "string" } };
const field = { field: { type: "string" } };
const problem = { anyOf: [schemaNamed("Problem"), schemaNamed("ProblemInShort")] };

/** By name: what clients send and what is queued, made from the schemas that validate, and what they are told. */
export const schemas = {
  Message: {
    type: "object",
    oneOf: messageTypes.map(({ name }) => schemaNamed(name)),
    discriminator: { propertyName: "type" },
  },
  ...Object.fromEntries(messageTypes.map(({ name, data }) => [name, message(name, data)])),
  UnixSeconds: {
    description: "By the client's clock; a fraction is cut off.",
    ...jsonSchema(unixSeconds, "input"),
  },
  DecimalText: {
    description: "A number as text, within the bounds of the number beside it.",
    ...decimalText,
  },
  Id: jsonSchema(id, "input"),
  StoredMessage: {
    description: "As it stands on the queue; times by the gateway's clock.",
    ...object({
      id: schemaNamed("Id"),
      source: object({ callsign: jsonSchema(callsign, "output"), ip: { type: ["string", "null"] } }),
      type: { enum: messageTypes.map(({ name }) => name) },
      ...times,
      data: { anyOf: messageTypes.map(({ data }) => jsonSchema(data, "output")) },
    }),
  },
  Inserted: {
    description: "Times by the gateway's clock; of a repeat, those of the first.",
    ...object({ id: schemaNamed("Id"), ...times }),
  },
  Receipt: object(
    {
      accepted: count,
      rejected: count,
      results: {
        description: "One for each message, in their order.",
        type: "array",
        items: {
          oneOf: [
            result("accepted", { id: schemaNamed("Id") }, { message: schemaNamed("StoredMessage") }),
            result("duplicate", { id: schemaNamed("Id"), ...times }),
            result("rejected", { problem }),
            result("unknown", { id: schemaNamed("Id"), problem }),
          ],
        },
      },
    },
    { duplicate: countOfSome, unknown: countOfSome },
  ),
  Problem: {
    description: "RFC 9457; `detail` says what to change, `field` where.",
    ...object(inFull, field),
  },
  ProblemInShort: {
    description: "The short form, for problems after the first 500 in a receipt.",
    ...object(inShort, field),
  },
};

export function schemaNamed(name: string) {
  return { $ref: `#/components/schemas/${name}` };
}

function message(name: string, data: z.ZodMiniType) {
  return object(
    {
      callsign: jsonSchema(callsign, "input"),
      type: { const: name },
      time_created: schemaNamed("UnixSeconds"),
      time_uploaded: schemaNamed("UnixSeconds"),
      data: withTextNamed(jsonSchema(data, "input")),
    },
    { idempotency_key: { anyOf: [schemaNamed("Id"), { type: "null" }] } },
  );
}

/** What became of one of many messages. */
function result(outcome: string, members: object, optional = {}) {
  return object({ index: count, outcome: { const: outcome }, ...members }, optional);
}

function object(members: object, optional = {}) {
  return { type: "object", required: Object.keys(members), properties: { ...members, ...optional } };
}

/** Without what it says of further keys: clients may be newer than the gateway, and the gateway than its clients. */
function jsonSchema(schema: z.ZodMiniType, io: "input" | "output"): JsonSchema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    override: ({ zodSchema, jsonSchema: part }) => {
      delete part.additionalProperties;
      if (io === "output") return;
      if (zodSchema === base64) Object.assign(part, { contentEncoding: "base64", pattern: base64Text });
      else if (zodSchema instanceof z.ZodMiniCodec) boundNumber(part, zodSchema);
    },
  });
  return json;
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What a codec reads is held against the bounds of what it stores; a fraction of a whole number is cut off before. */
function boundNumber(part: JsonSchema, codec: z.ZodMiniCodec): void {
  const number = part.anyOf?.find(({ type }) => type === "number");
  if (number === undefined) return;
  const { type, minimum, maximum } = z.toJSONSchema(codec._zod.def.out, { io: "output" });
  if (minimum === undefined || maximum === undefined) return;
  const bounds =
    type === "integer"
      ? { exclusiveMinimum: minimum - 1, exclusiveMaximum: maximum + 1 }
      : { minimum, maximum };
  Object.assign(number, bounds);
}

function textOf({ anyOf = [] }: JsonSchema): JsonSchema {
  return anyOf.find(({ type }) => type === "string") ?? {};
}

function withTextNamed(schema: object): object {
  return JSON.parse(JSON.stringify(schema), (_, part) =>
    isDeepStrictEqual(part, decimalText) ? schemaNamed("DecimalText") : part,
  );
}
