import type { RequestRecord } from "../../server/connection-observer.ts";

/** Characters that logs keep of what a client may make as long as it likes. */
const longest = { method: 20, path: 100 };

/** What was asked for, as logs say it. */
export function shortRequestLine({ method, path }: Pick<RequestRecord, "method" | "path">) {
  return { method: method?.slice(0, longest.method), path: path?.slice(0, longest.path) };
}
