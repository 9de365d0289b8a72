import type { InsertRequest } from "../application/insert-request.ts";

/** What an event tells of an `InsertRequest`; the clock and the invocation's context tell the rest. */
export type EventRequest = Pick<InsertRequest, "method" | "path" | "prefix" | "headers" | "body" | "client">;
