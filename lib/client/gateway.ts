/** What a gateway said to one request. */
export interface GatewayAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** The way to a gateway. */
export interface Gateway {
  /** As the user wrote it. */
  readonly address: string;
  /**
   * Posts NDJSON to `/messages`.
   *
   * @throws {NotSentError} when nothing of it has left: no connection, or aborted before there was one
   * @throws when there was no answer: a broken connection, too late, aborted
   */
  post(body: Buffer, signal: AbortSignal): Promise<GatewayAnswer>;
}

export const contentType = "application/x-ndjson";
