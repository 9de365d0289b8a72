/** Where an embedded queue is, and what an SDK must be told to get there. */
export interface EmbeddedLocation {
  readonly queueUrl: string;
  readonly endpoint: string;
  readonly region: string;
  /** It takes any. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** @param port on loopback */
export function embeddedLocation(port: number): EmbeddedLocation {
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    endpoint,
    // Fauxqs would name a host under `.localhost`, which not every resolver knows; it finds queues by their name.
    queueUrl: `${endpoint}/000000000000/postern`,
    region: "us-east-1",
    credentials: { accessKeyId: "embedded", secretAccessKey: "embedded" },
  };
}
