import type { InsertStatus } from "./insert-status.ts";
import type { Phases } from "./phases.ts";
import type { RequestMemory } from "./request-memory.ts";
import type { Summary } from "./summary.ts";

/** What every transport turns its bytes or event into. The core sees nothing else of a client. */
export interface InsertRequest {
  /** Identifies the request in logs, statistics and the response. */
  readonly id: string;
  /** As sent; methods are case-sensitive (RFC 9110 §9.1). */
  readonly method: string;
  /** Percent-decoded, without the query, with whatever prefix the proxy leaves in front. */
  readonly path: string;
  /** What stands before the action's name in `path`: SCRIPT_NAME, an API stage or the configured prefix; "" for none. */
  readonly prefix: string;
  /** Names in lower case; repeated headers joined by ", " (RFC 9110 §5.3). */
  readonly headers: ReadonlyMap<string, string>;
  /** As sent, still in its Content-Encoding. */
  readonly body: Uint8Array;
  /** Address of the client as the transport knows it, not yet canonical; undefined where it is unknown. */
  readonly client: string | undefined;
  /** Counts what the core makes of the body; the body itself is counted already. */
  readonly memory: RequestMemory;
  /** Time on the monotonic clock, in milliseconds, by which the answer must be out. */
  readonly deadline: number;
  /** The transport has ended `read`; the core ends `parsed`, `validated` and `durable`. */
  readonly phases: Phases;
}

/** What the transports need of the application. Never rejects: every failure is a response. */
export interface InsertHandler {
  handle(request: InsertRequest): Promise<InsertResponse>;
}

/** What every transport turns back into bytes or a result. */
export interface InsertResponse {
  readonly status: InsertStatus;
  /**
   * Names in lower case, each once. Always `content-type`, `x-request-id` and `server-timing`; never
   * `content-length`, which the transport counts.
   */
  readonly headers: Readonly<Record<string, string>>;
  /** UTF-8 text; "" for HEAD. */
  readonly body: string;
  /** For the operator alone; undefined where status and path say it all. */
  readonly summary?: Summary | undefined;
}
