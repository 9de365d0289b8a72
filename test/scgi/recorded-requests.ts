/** One request as a web server really sent it, recorded by `test/system/record-fixtures.ts`. */
export interface Recording {
  /** Of the request in `recordedRequests`. */
  readonly name: string;
  /** The bytes in order, each as the character of its number: the length, each header, the comma, the body. */
  readonly sent: readonly string[];
}

/** What is sent to each web server for a recording, and what must be read out of what it makes of that. */
export interface RecordedRequest {
  readonly name: string;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly chunked?: boolean;
  /** Milliseconds between the two halves of the body. */
  readonly pause?: number;
  /** The path without any prefix and slashes at the end. */
  readonly action: string;
  /** Whether a server may take for a prefix what is none. */
  readonly isAmbiguous?: boolean;
  /** What the core must get of the headers. Names in lower case; undefined for none of the name. */
  readonly read?: Readonly<Record<string, string | undefined>>;
}

const json = '{"callsign":"M0ZDR"}';

/** The same for every recording. */
export const recordedClient = "127.0.0.7";

export const recordedRequests: readonly RecordedRequest[] = [
  { name: "GET /", method: "GET", target: "/", headers: [], body: "", action: "/" },
  { name: "HEAD /", method: "HEAD", target: "/?q", headers: [], body: "", action: "/" },
  post("POST", [["Content-Type", "application/json"]], { read: { "content-type": "application/json" } }),
  post("POST without a content type", [], { read: { "content-type": undefined } }),
  post("POST without a body", [], { body: "" }),
  post("POST under a prefix", [], { target: "/uploads/message" }),
  post("a percent-encoded path under a prefix", [], { target: "/uploads/m%65ss%61ge" }),
  post("a query", [], { target: "/message?key=1&b=%2fnosuch" }),
  post("a percent-encoded path", [], { target: "/m%65ss%61ge" }),
  post("a slash at the end", [], { target: "/message/", isAmbiguous: true }),
  post("a path that is UTF-8", [], { target: "/caf%c3%a9", action: "/café" }),
  post("a percent sign in the path", [], { target: "/100%25", action: "/100%" }),
  post("Authorization", [["Authorization", "Bearer key"]], { read: { authorization: "Bearer key" } }),
  post("Latin-1 in a header", [["X-Station", "caf\u00e9"]], { read: { "x-station": "caf\u00e9" } }),
  post("an empty header", [["X-Station", ""]]),
  post(
    "a header twice",
    [
      ["X-Station", "a"],
      ["X-Station", "b"],
    ],
    { read: { "x-station": "a, b" } },
  ),
  post("an underscored header", [["X_Station", "a"]]),
  post("Proxy", [["Proxy", "http://127.0.0.1:1"]], { read: { proxy: undefined } }),
  post("chunked", [], { chunked: true, read: { "transfer-encoding": undefined } }),
  post("a body that comes slowly", [], { pause: 50 }),
  post("a long body", [], { body: "x".repeat(2_000) }),
];

function post(
  name: string,
  headers: RecordedRequest["headers"],
  change: Partial<RecordedRequest> = {},
): RecordedRequest {
  return { name, method: "POST", target: "/message", headers, body: json, action: "/message", ...change };
}
