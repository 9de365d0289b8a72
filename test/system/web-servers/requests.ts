import { gzipSync } from "node:zlib";
import type { HttpRequest } from "./http-client.ts";
import type { WebServer } from "./web-server.ts";

/** What a client is answered. */
export interface Answer {
  readonly status: number;
  readonly body: RegExp;
  /** Whether it is on the queue afterwards. */
  readonly queued: boolean;
}

/** What a web server makes otherwise, and why that is its right. */
export interface Exception {
  readonly because: string;
  readonly answer: Answer;
  /** Whether others of its versions make the same as all. */
  readonly byVersion?: true;
}

export interface Case {
  readonly name: string;
  readonly request: HttpRequest;
  readonly answer: Answer;
  readonly exceptions?: Partial<Readonly<Record<WebServer["name"], Exception>>>;
}

/** What `--max-body` is unless told. */
const maxBody = 1_048_576;

/** The name by which the message is known again on the queue, in a valid upload. */
function upload(name: string): string {
  return JSON.stringify({
    callsign: "M0ZDR",
    type: "LISTENER_INFO",
    time_created: 1_295_103_600,
    time_uploaded: 1_295_103_605,
    data: { name },
  });
}

type Change = Partial<HttpRequest>;

function inserted(name: string, change: Change = {}): Case {
  const request = { method: "POST", target: "/message", headers: [], body: upload(name), ...change };
  return { name, request, answer: { status: 200, body: /^OK$/, queued: true } };
}

function answered(name: string, change: Change, status: number, body: RegExp): Case {
  return { ...inserted(name, change), answer: { status, body, queued: false } };
}

/** An upload of so many bytes, the same to the gateway as a short one. */
function padded(name: string, bytes: number): string {
  return upload(name).padEnd(bytes);
}

const refusesBoth: Exception = {
  because: "the newest refuse both in one request",
  answer: { status: 400, body: /400 Bad Request/, queued: false },
  byVersion: true,
};

export const cases: readonly Case[] = [
  answered("GET /", { method: "GET", target: "/", body: "" }, 200, /^This is Postern/),
  answered("HEAD /", { method: "HEAD", target: "/", body: "" }, 200, /^$/),
  answered(
    "GET / under the prefix",
    { method: "GET", target: "/uploads/", body: "" },
    200,
    /^This is Postern/,
  ),
  answered("GET of an action that takes POST", { method: "GET", body: "" }, 405, /"method_not_allowed"/),
  inserted("POST"),
  inserted("POST under the prefix that the web server is told of", { target: "/uploads/message" }),
  inserted("a percent-encoded path under the prefix", { target: "/uploads/m%65ss%61ge" }),
  inserted("POST under the prefix that only Postern is told of", { target: "/station/message" }),
  inserted("a form's content type", { headers: [["Content-Type", "application/x-www-form-urlencoded"]] }),
  inserted("gzip", { headers: [["Content-Encoding", "gzip"]], body: gzipSync(upload("gzip")) }),
  inserted("a query", { target: "/message?key=1&b=%2fnosuch" }),
  inserted("a percent-encoded path", { target: "/m%65ss%61ge" }),
  inserted("two slashes", { target: "//message" }),
  inserted("a slash at the end", { target: "/message/" }),
  inserted("a slash at the end under the prefix", { target: "/uploads/message/" }),
  inserted("a header twice", {
    headers: [
      ["X-Station", "a"],
      ["X-Station", "b"],
    ],
  }),
  {
    ...inserted("an underscored header besides the one that it is taken for", {
      headers: [
        ["X-Station", "a"],
        ["X_Station", "b"],
      ],
    }),
    exceptions: { lighttpd: refusesBoth, "lighttpd without fix-root-scriptname": refusesBoth },
  },
  inserted("Latin-1 in a header", { headers: [["X-Station", "caf\u00e9"]] }),
  inserted("Proxy", { headers: [["Proxy", "http://127.0.0.1:1"]] }),
  inserted("Expect: 100-continue", { headers: [["Expect", "100-continue"]] }),
  inserted("as large as is taken", { body: padded("as large as is taken", maxBody) }),
  answered(
    "one byte larger than is taken",
    { body: padded("one byte larger than is taken", maxBody + 1) },
    413,
    /"code":"body_too_large"/,
  ),
  {
    ...inserted("chunked", { chunked: true }),
    exceptions: {
      Apache: {
        because: "mod_proxy_scgi takes no body whose length it is not told",
        answer: { status: 411, body: /Length Required/, queued: false },
      },
    },
  },
  {
    ...answered("an unknown prefix", { target: "/nosuch/message" }, 404, /Try one of these/),
    exceptions: {
      "lighttpd without fix-root-scriptname": {
        because: "it says that this is one",
        answer: { status: 200, body: /^OK$/, queued: true },
      },
    },
  },
  answered("an unknown action", { target: "/mesage" }, 404, /Try one of these: \/, \/message/),
  answered("bad JSON", { body: "callsign=M0ZDR" }, 400, /not JSON/),
  answered("no body", { body: "" }, 400, /empty/),
  answered("an invalid message", { body: upload("x").replace("M0ZDR", "M0 ZDR") }, 400, /"field":"callsign"/),
];
