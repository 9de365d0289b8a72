/** Where an embedded queue is, and what an SDK must be told to get there. */
export interface EmbeddedLocation {
  readonly queueUrl: string;
  readonly region: string;
  /** It takes any. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** @param port on loopback */
export function embeddedLocation(port: number): EmbeddedLocation {
  return {
    // Fauxqs would name a host under `.localhost`, which not every resolver knows; it finds queues by their name.
    queueUrl: `http://127.0.0.1:${port}/000000000000/postern`,
    region: "us-east-1",
    credentials: { accessKeyId: "embedded", secretAccessKey: "embedded" },
  };
}
