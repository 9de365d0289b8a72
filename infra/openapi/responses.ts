import { statusText } from "../../lib/application/status-text.ts";
import { schemaNamed } from "./schemas.ts";

const text = { type: "string" };
const retryAfter = { description: "Seconds.", schema: { type: "integer" } };

/** Headers by their names. */
export const headers = {
  "X-Request-Id": { description: "Of the request, also in the log.", required: true, schema: text },
  "Server-Timing": { description: "Milliseconds of each phase so far.", required: true, schema: text },
  "Preference-Applied": { description: "Of a dry run.", schema: { const: "dry-run" } },
};

/** What a dry run is told by. */
export const preferenceApplied = { "Preference-Applied": header("Preference-Applied") };

const refusals = {
  400: refusal("The message or its JSON is wrong, or the request cannot be read."),
  404: refusal("For any other path; the detail lists the actions."),
  405: refusal("For any other method.", { Allow: { required: true, schema: text } }),
  408: refusal("The request did not arrive in time."),
  413: refusal("The body or a message is too large, or there are too many messages."),
  415: refusal("The Content-Encoding is unknown.", { "Accept-Encoding": { required: true, schema: text } }),
  422: refusal("Another message was inserted with this key."),
  431: refusal("The headers are too large, or too many."),
  500: refusal("A mistake here."),
  503: refusal("Not stored; come back after Retry-After.", {
    "Retry-After": { ...retryAfter, required: true },
  }),
  504: refusal(
    "There was no answer in time, so it may or may not be stored; sending the same again is safe.",
  ),
};

type RefusalStatus = keyof typeof refusals;

/** Refusals by the names of their statuses. */
export const responses = Object.fromEntries(
  Object.entries(refusals).map(([status, response]) => [responseName(Number(status)), response]),
);

/** What any request may be told, mostly by the door. */
export const refusedAnywhere = refused(400, 404, 408, 413, 431, 500, 503);

/**
 * Where none of many messages is stored, a receipt says why; a problem, where the request as a whole is refused. The status
 * of a receipt is that of one of them, so with any 5xx others may be worth trying again.
 */
export const noneStored = {
  400: problemOrReceipt(400, preferenceApplied),
  500: problemOrReceipt(500, { "Retry-After": retryAfter }),
  503: problemOrReceipt(503, { "Retry-After": { ...retryAfter, required: true }, ...preferenceApplied }),
  504: problemOrReceipt(504, { "Retry-After": retryAfter }),
};

export function refused(...statuses: readonly RefusalStatus[]) {
  return Object.fromEntries(
    statuses.map((status) => [status, { $ref: `#/components/responses/${responseName(status)}` }]),
  );
}

/** @param further headers that this response has or may have, beside those of every response */
export function response(description: string, content: object, further = {}) {
  const always = { "X-Request-Id": header("X-Request-Id"), "Server-Timing": header("Server-Timing") };
  return { description, headers: { ...further, ...always }, content };
}

function header(name: keyof typeof headers) {
  return { $ref: `#/components/headers/${name}` };
}

function refusal(description: string, further?: object) {
  return response(description, { "application/problem+json": { schema: schemaNamed("Problem") } }, further);
}

function problemOrReceipt(status: RefusalStatus, further: object) {
  const { description, content } = refusals[status];
  return response(
    description,
    { "application/json": { schema: schemaNamed("Receipt") }, ...content },
    further,
  );
}

/** What code that is made from it may be named: `NotFound`. */
function responseName(status: number): string {
  return statusText(status).replaceAll(" ", "");
}
