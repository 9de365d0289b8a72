import type { Action } from "../application/action.ts";
import { jsonAnswer } from "../application/respond.ts";
import document from "./openapi.json" with { type: "json" };

/** Describes the interface to programs: OpenAPI 3.1, made from the schemas that validate. */
export const openapi: Action = {
  name: "openapi.json",
  methods: ["GET"],
  summary: "this interface, as OpenAPI 3.1",
  perform: () => jsonAnswer(document),
};
