import { isDeepStrictEqual } from "node:util";
import * as z from "zod/mini";
import { callsign } from "../../lib/message/callsign.ts";
import { id } from "../../lib/message/message-id.ts";
import { messageTypes } from "../../lib/message/message-types.ts";
import { decimal, unixSeconds } from "../../lib/message/number.ts";

/** What many schemas have in them, named once. */
const numbers = {
  UnixSeconds: jsonSchema(unixSeconds, "input"),
  Decimal: jsonSchema(decimal(0, 0, ""), "input"),
};

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
  UnixSeconds: { description: "By the client's clock; a fraction is cut off.", ...numbers.UnixSeconds },
  Decimal: { description: "A number, or one as text.", ...numbers.Decimal },
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
    description: "Of one that comes after many others in a receipt.",
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
      data: withNumbersNamed(jsonSchema(data, "input")),
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
function jsonSchema(schema: z.ZodMiniType, io: "input" | "output"): object {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema: part }) => {
      delete part.additionalProperties;
    },
  });
  return json;
}

function withNumbersNamed(schema: object): object {
  return JSON.parse(JSON.stringify(schema), (_, part) => {
    const [name] = Object.entries(numbers).find(([, number]) => isDeepStrictEqual(part, number)) ?? [];
    return name === undefined ? part : schemaNamed(name);
  });
}
