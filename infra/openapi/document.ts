import * as z from "zod/mini";
import { actions } from "../../lib/actions/actions.ts";
import { callsign } from "../../lib/message/callsign.ts";
import { messageTypes } from "../../lib/message/message-types.ts";
import { unixSeconds } from "../../lib/message/number.ts";

/**
 * The description of the HTTP interface (OpenAPI 3.1), made from the schemas that validate. It is made beforehand, not
 * by the functions: what makes it would be a tenth of their bundle.
 */
export function openApiDocument() {
  return {
    openapi: "3.1.0",
    info: {
      title: "Postern",
      version: "1",
      description: "Takes messages in and puts them on a queue.",
      license: { name: "MIT", identifier: "MIT" },
    },
    paths: {
      "/": { get: operation("", { "200": response("What this is.", "text/plain", { type: "string" }) }) },
      "/message": {
        post: {
          ...operation("message", {
            "200": {
              ...response(
                "Inserted: it is durable. With `Accept: application/json`, the id and the corrected times.",
                "text/plain",
                {
                  const: "OK",
                },
              ),
              headers: { "Idempotent-Replayed": replayed },
            },
            ...refusals,
          }),
          parameters: [idempotencyKey, prefer],
          requestBody: body({ "application/json": { schema: { $ref: "#/components/schemas/Message" } } }),
        },
      },
      "/messages": {
        post: {
          ...operation("messages", {
            "200": receipt("All are inserted, or were before."),
            "207": receipt("Some are; the results say which."),
            ...refusals,
          }),
          parameters: [prefer],
          requestBody: body({
            "application/json": {
              schema: { type: "array", items: { $ref: "#/components/schemas/Message" } },
            },
            "application/x-ndjson": { schema: { type: "string", description: "A message on each line." } },
          }),
        },
      },
    },
    components: {
      schemas: {
        Message: {
          oneOf: messageTypes.map(({ name }) => ({ $ref: `#/components/schemas/${name}` })),
          discriminator: { propertyName: "type" },
        },
        ...Object.fromEntries(messageTypes.map(({ name, data }) => [name, message(name, data)])),
        Receipt: {
          type: "object",
          required: ["accepted", "rejected", "results"],
          properties: {
            accepted: { type: "integer" },
            duplicate: { type: "integer", description: "Absent when there are none." },
            rejected: { type: "integer" },
            results: {
              type: "array",
              items: {
                type: "object",
                required: ["index", "outcome"],
                properties: {
                  index: { type: "integer" },
                  outcome: { enum: ["accepted", "duplicate", "rejected", "unknown"] },
                  id: { type: "string" },
                  time_created: { type: "integer", description: "Of a duplicate: that of the first." },
                  time_uploaded: { type: "integer", description: "Of a duplicate: that of the first." },
                  problem: problemOfMany,
                },
              },
            },
          },
        },
        Problem: {
          description: "RFC 9457; `detail` says what to change, `field` where.",
          type: "object",
          required: ["title", "status", "detail", "code"],
          properties: problemMembers,
        },
      },
    },
  };
}

const idempotencyKey = {
  name: "Idempotency-Key",
  in: "header",
  description: "Becomes the id of the message.",
  schema: { type: "string", minLength: 1, maxLength: 130 },
};

const replayed = {
  description: "`true` when the message had been inserted before, and was not again.",
  schema: { const: "true" },
};

const prefer = {
  name: "Prefer",
  in: "header",
  description: "`dry-run` shows what would be queued, and stores nothing.",
  schema: { type: "string" },
};

const problemMembers = {
  title: { type: "string" },
  status: { type: "integer" },
  detail: { type: "string" },
  code: { type: "string" },
  field: { type: "string" },
};

const problemOfMany = {
  description: "As Problem; without `title` and `detail` where many came before it.",
  type: "object",
  required: ["status", "code"],
  properties: problemMembers,
};

const refusals = Object.fromEntries(
  Object.entries({
    400: "The message or its JSON is wrong.",
    408: "The request did not arrive in time.",
    413: "The body is too large, or has too many messages.",
    415: "The Content-Encoding is unknown.",
    422: "Another message was inserted with this Idempotency-Key.",
    500: "A mistake here.",
    503: "Not stored; come back after Retry-After.",
    504: "The queue did not answer in time; sending the same again is safe.",
  }).map(([status, description]) => [
    status,
    response(description, "application/problem+json", { $ref: "#/components/schemas/Problem" }),
  ]),
);

function operation(name: string, responses: object) {
  const action = actions.find((candidate) => candidate.name === name);
  return { summary: action?.summary, operationId: name === "" ? "info" : name, responses };
}

function response(description: string, type: string, schema: object) {
  return { description, content: { [type]: { schema } } };
}

function receipt(description: string) {
  return response(description, "application/json", { $ref: "#/components/schemas/Receipt" });
}

function body(content: object) {
  return { required: true, description: "May be compressed: gzip, deflate, br or zstd.", content };
}

function message(name: string, data: z.ZodMiniType) {
  return {
    type: "object",
    required: ["callsign", "type", "time_created", "time_uploaded", "data"],
    properties: {
      callsign: input(callsign),
      type: { const: name },
      time_created: input(unixSeconds),
      time_uploaded: input(unixSeconds),
      data: input(data),
    },
  };
}

/** What goes into a schema; what comes out is the gateway's business. */
function input(schema: z.ZodMiniType): object {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: "input" });
  return json;
}
