import { actions } from "../../lib/actions/actions.ts";
import {
  headers,
  noneStored,
  preferenceApplied,
  refused,
  refusedAnywhere,
  response,
  responses,
} from "./responses.ts";
import { schemaNamed, schemas } from "./schemas.ts";

/**
 * The description of the HTTP interface (OpenAPI 3.1), made from the schemas that validate. It is made beforehand, not
 * by the functions: what makes it would be a tenth of their bundle.
 *
 * It has no operation for what is always refused, another path or method: `404` and `405` stand where a client would
 * have gone wrong. HEAD is served wherever GET is.
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
      "/": {
        get: operation("", {
          description: "Any other method gets the same answer.",
          responses: {
            200: response("What this is: text for tools, a page for browsers.", {
              "text/plain": { schema: { type: "string" } },
              "text/html": { schema: { type: "string" } },
            }),
            ...refusedAnywhere,
          },
        }),
      },
      "/message": {
        post: operation("message", {
          parameters: [idempotencyKey, prefer],
          requestBody: body("The Content-Type does not matter.", {
            "application/json": { schema: schemaNamed("Message") },
          }),
          responses: {
            200: response(
              "Inserted: it is durable. With `Accept: application/json`, the id and the corrected times; of a dry run, what would be queued.",
              {
                "text/plain": { schema: { const: "OK" } },
                "application/json": {
                  schema: { anyOf: [schemaNamed("Inserted"), schemaNamed("StoredMessage")] },
                },
              },
              { "Idempotent-Replayed": replayed, ...preferenceApplied },
            ),
            ...refusedAnywhere,
            ...refused(405, 415, 422, 504),
          },
        }),
      },
      "/messages": {
        post: operation("messages", {
          parameters: [prefer],
          requestBody: body(
            `Up to 10,000 messages, or 5,000 in the cloud; with more the answer is 413 and none is stored. Where the Content-Type says neither, the first byte tells which of the two it is.`,
            {
              "application/json": { schema: { type: "array", items: schemaNamed("Message") } },
              "application/x-ndjson": { schema: { type: "string", description: "A message on each line." } },
            },
          ),
          responses: {
            200: response("All are inserted, or had been before.", receipt, preferenceApplied),
            207: response("Some are; the results say which.", receipt, preferenceApplied),
            ...refusedAnywhere,
            ...refused(405, 415),
            ...noneStored,
          },
        }),
      },
      "/openapi.json": {
        get: operation("openapi.json", {
          responses: {
            200: response("This document.", { "application/json": { schema: { type: "object" } } }),
            ...refusedAnywhere,
            ...refused(405),
          },
        }),
      },
    },
    components: { schemas, responses, headers },
  };
}

const idempotencyKey = {
  name: "Idempotency-Key",
  in: "header",
  description:
    "Becomes the id of the message and takes precedence over an `idempotency_key` in it. In quotes, which a key without a comma may leave out.",
  schema: {
    type: "string",
    pattern: String.raw`^(?:[!#-+\--~][!-+\--~]{0,127}|"(?:[!#-[\]-~]|\\["\\]){1,128}")$`,
  },
};

const replayed = {
  description: "`true` when the message had been inserted before and was not inserted again.",
  schema: { const: "true" },
};

const prefer = {
  name: "Prefer",
  in: "header",
  description: "`dry-run` shows what would be queued, and stores nothing.",
  schema: { type: "string" },
};

const receipt = { "application/json": { schema: schemaNamed("Receipt") } };

function operation(name: string, members: object) {
  const action = actions.find((candidate) => candidate.name === name);
  const [operationId = ""] = name === "" ? ["info"] : name.split(".", 1);
  return { summary: action?.summary, operationId, ...members };
}

function body(contentType: string, content: object) {
  const description = `${contentType} The body may be compressed: gzip, deflate, br or zstd, in up to two codings, and is limited by what comes out.`;
  return { required: true, description, content };
}
