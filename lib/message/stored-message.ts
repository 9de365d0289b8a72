/**
 * A message as it stands on the queue: the JSON of the SQS message body.
 * Times are whole Unix seconds on the gateway's clock.
 */
export interface StoredMessage<Type extends string = string, Data = Readonly<Record<string, unknown>>> {
  /** The client's idempotency key, or a SHA-256 in hexadecimal over what identifies the message: equal for a client's retries. */
  readonly id: string;
  readonly source: {
    /** Upper case. Not proof of identity. */
    readonly callsign: string;
    /** Canonical IPv4 or IPv6 address; null where the proxy does not tell it. */
    readonly ip: string | null;
  };
  readonly type: Type;
  readonly time_created: number;
  readonly time_uploaded: number;
  readonly data: Data;
}
