import { writeFileSync } from "node:fs";
import { openApiDocument } from "./document.ts";

/** `npm run openapi` writes it anew after a change to an action or a schema; a test says when that was forgotten. */
writeFileSync(
  new URL("../../lib/actions/openapi.json", import.meta.url),
  `${JSON.stringify(openApiDocument(), undefined, 2)}\n`,
);
