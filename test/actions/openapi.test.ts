import { describe, expect, it } from "vitest";
import { openApiDocument } from "../../infra/openapi/document.ts";
import { actions } from "../../lib/actions/actions.ts";
import document from "../../lib/actions/openapi.json" with { type: "json" };

describe("GET /openapi.json", () => {
  it("says what the schemas say now: `npm run openapi` writes it anew", () => {
    expect(document).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
  });

  it("describes every action", () => {
    const described = Object.keys(document.paths).map((path) => path.slice(1));
    expect(described).toEqual(actions.map(({ name }) => name));
  });
});
