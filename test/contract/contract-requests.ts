import { createHash } from "node:crypto";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import type { StoredMessage } from "../../lib/message/stored-message.ts";

/** A request as a client makes it, before any door's bytes or events. */
export interface ContractRequest {
  readonly method: string;
  /** Raw, as on the request line, with its query. */
  readonly target: string;
  /** In order, as sent; a name may come twice. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

export interface Contract {
  readonly name: string;
  readonly request: ContractRequest;
  readonly status: number;
  readonly contentType: string;
  /** The whole body, or what it must contain. */
  readonly body: string | RegExp;
  /** Further headers that the response must have. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What must be on the queue afterwards, and nothing else, by time of creation; none when absent. */
  readonly queued?: StoredMessage | readonly StoredMessage[];
}

/** What the clock says in every door: whole-second arithmetic, from FACTS of old: 2011-01-15T15:01:49Z. */
export const now = 1_295_103_709_000;
/** Where every contract request comes from. */
export const clientAddress = "127.0.0.1";
/** The prefix that every door is told of. */
export const prefix = "/uploads";
/** Small, so that going past it is quick. */
export const maxBody = 20_000;
export const maxMessages = 50;

const telemetry = {
  callsign: "m0zdr",
  type: "RECEIVED_TELEM",
  time_created: 1_295_103_500,
  time_uploaded: 1_295_103_609,
  data: {
    string: Buffer.from("$$hadie,181,10:42:10,54.422829,-6.741293,27799*F7").toString("base64"),
    frequency: 434_075_000,
  },
};

const storedTelemetry = stored(telemetry.type, "M0ZDR", telemetry.time_created, {
  string: telemetry.data.string,
  frequency: telemetry.data.frequency,
});

/** Sent 100 seconds before `now` by the client's clock, which is therefore taken to be 100 seconds slow. */
function stored(
  type: string,
  callsign: string,
  created: number,
  data: Record<string, unknown>,
): StoredMessage {
  const id = createHash("sha256")
    .update(JSON.stringify([callsign, type, created, data]))
    .digest("hex");
  const source = { callsign, ip: clientAddress };
  return { id, source, type, time_created: created + 100, time_uploaded: now / 1000, data };
}

function post(body: unknown, headers: ContractRequest["headers"] = [], target = "/message"): ContractRequest {
  const bytes =
    body instanceof Uint8Array ? body : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  return { method: "POST", target, headers, body: bytes };
}

function bare(method: string, target: string, headers: ContractRequest["headers"] = []): ContractRequest {
  return { method, target, headers, body: new Uint8Array() };
}

function accepted(name: string, request: ContractRequest, queued: StoredMessage = storedTelemetry): Contract {
  return { name, request, status: 200, contentType: "text/plain", body: "OK", queued };
}

function refused(
  name: string,
  request: ContractRequest,
  status: number,
  detail: RegExp,
  headers = {},
): Contract {
  return { name, request, status, contentType: "application/problem+json", body: detail, headers };
}

function invalid(name: string, change: Record<string, unknown>, detail: RegExp): Contract {
  return refused(name, post({ ...telemetry, ...change }), 400, detail);
}

const json = JSON.stringify(telemetry);

const info: readonly Contract[] = [
  {
    name: "GET /openapi.json describes the interface",
    request: bare("GET", "/openapi.json"),
    status: 200,
    contentType: "application/json",
    body: /^\{"openapi":"3\.1\.0",.*"RECEIVED_TELEM"/,
  },
  ...["GET", "POST", "PUT", "DELETE", "PATCH"].map((method) => ({
    name: `${method} / says what this is, as habitat did whatever the method`,
    request: bare(method, "/"),
    status: 200,
    contentType: "text/plain",
    body: /^This is Postern.*\/message/s,
  })),
  {
    name: "HEAD / answers without a body",
    request: bare("HEAD", "/"),
    status: 200,
    contentType: "text/plain",
    body: "",
  },
  {
    name: "GET / gives a browser a page",
    request: bare("GET", "/", [["Accept", "text/html,application/xhtml+xml,*/*;q=0.8"]]),
    status: 200,
    contentType: "text/html; charset=utf-8",
    body: /^<!doctype html>/,
  },
  {
    name: "GET /? with a query",
    request: bare("GET", "/?x=1"),
    status: 200,
    contentType: "text/plain",
    body: /^This/,
  },
  {
    name: "GET /uploads is the root under the prefix",
    request: bare("GET", "/uploads"),
    status: 200,
    contentType: "text/plain",
    body: /^This/,
  },
];

const insertion: readonly Contract[] = [
  accepted("POST /message inserts", post(telemetry, [["Content-Type", "application/json"]])),
  accepted("a body without a Content-Type", post(telemetry)),
  accepted(
    "JSON said to be a form",
    post(telemetry, [["Content-Type", "application/x-www-form-urlencoded"]]),
  ),
  accepted("JSON said to be anything", post(telemetry, [["Content-Type", "image/png"]])),
  accepted("further keys", post({ ...telemetry, software: "dl-fldigi", version: 3 })),
  accepted("a byte order mark", post(`\uFEFF${json}`)),
  accepted("white space around the object", post(`\r\n ${json}\n\n`)),
  accepted(
    "a prototype in the body, which is data",
    post(`{"__proto__": {"callsign": "X"}, ${json.slice(1)}`),
  ),
  accepted("a query, which means nothing", post(telemetry, [], "/message?key=1&b=/nosuch")),
  accepted("two slashes", post(telemetry, [], "//message")),
  accepted("a slash at the end", post(telemetry, [], "/message/")),
  accepted("a percent-encoded path", post(telemetry, [], "/m%65ss%61ge")),
  accepted("the prefix", post(telemetry, [], "/uploads/message")),
  accepted("dots, which servers resolve", post(telemetry, [], "/uploads/./x/../message")),
  accepted("an empty idempotency key, which is none", post(telemetry, [["Idempotency-Key", ""]])),
  accepted("a preference in a text of another", post(telemetry, [["Prefer", 'note="a, dry-run, b"']])),
  accepted(
    "a header twice",
    post(telemetry, [
      ["X-Station", "a"],
      ["X-Station", "b"],
    ]),
  ),
  accepted(
    "a header that means a proxy to some programs",
    post(telemetry, [["Proxy", "http://127.0.0.1:1"]]),
  ),
  accepted("gzip", post(gzipSync(json), [["Content-Encoding", "gzip"]])),
  accepted("gzip that no header tells", post(gzipSync(json))),
  accepted("a gzip header on a plain body", post(json, [["Content-Encoding", "gzip"]])),
  accepted("deflate", post(deflateSync(json), [["Content-Encoding", "deflate"]])),
  accepted("bare deflate", post(deflateRawSync(json), [["Content-Encoding", "deflate"]])),
  accepted("br", post(brotliCompressSync(json), [["Content-Encoding", "br"]])),
  accepted("zstd", post(zstdCompressSync(json), [["Content-Encoding", "zstd"]])),
  accepted(
    "zstd in frames",
    post(Buffer.concat([zstdCompressSync(json.slice(0, 9)), zstdCompressSync(json.slice(9))]), [
      ["Content-Encoding", "zstd"],
    ]),
  ),
  accepted(
    "times as text",
    post({
      ...telemetry,
      time_created: ` ${telemetry.time_created} `,
      time_uploaded: `+${telemetry.time_uploaded}`,
    }),
  ),
  accepted(
    "times with fractions, cut",
    post({ ...telemetry, time_created: 1_295_103_500.9, time_uploaded: 1_295_103_609.9 }),
  ),
  {
    ...accepted(
      "Accept: application/json is told the id and times",
      post(telemetry, [["Accept", "application/json"]]),
    ),
    contentType: "application/json",
    body: JSON.stringify({
      id: storedTelemetry.id,
      time_created: 1_295_103_600,
      time_uploaded: 1_295_103_709,
    }),
  },
  accepted("a key in the message becomes the id", post({ ...telemetry, idempotency_key: "k-5" }), {
    ...storedTelemetry,
    id: "k-5",
  }),
  accepted("a key that is null is none", post({ ...telemetry, idempotency_key: null })),
  accepted(
    "the key in the header goes before that in the message",
    post({ ...telemetry, idempotency_key: "k-5" }, [["Idempotency-Key", "k-6"]]),
    { ...storedTelemetry, id: "k-6" },
  ),
  refused(
    "a key in the message that cannot be an id",
    post({ ...telemetry, idempotency_key: "two words" }),
    400,
    /idempotency_key/,
  ),
  accepted("an idempotency key becomes the id", post(telemetry, [["Idempotency-Key", '"8e03978e-40d5"']]), {
    ...storedTelemetry,
    id: "8e03978e-40d5",
  }),
  accepted(
    "LISTENER_INFO, with numbers as text and characters that SQS forbids",
    post(
      `{"callsign":"a/b_c-1","type":"LISTENER_INFO","time_created":0,"time_uploaded":${now / 1000 - 100},"data":{"name":"\u{1F388} \\ud800 \\ufffe \\u0000","radio":7.5,"other":1}}`,
    ),
    stored("LISTENER_INFO", "A/B_C-1", 0, { name: "\u{1F388} \ud800 \ufffe \0", radio: "7.5" }),
  ),
  accepted(
    "LISTENER_TELEM",
    post({
      ...telemetry,
      type: "LISTENER_TELEM",
      data: {
        latitude: "54.4",
        longitude: -6.7,
        altitude: 120,
        time: { hour: 23, minute: "59", second: 60 },
      },
    }),
    stored("LISTENER_TELEM", "M0ZDR", telemetry.time_created, {
      latitude: 54.4,
      longitude: -6.7,
      altitude: 120,
      time: { hour: 23, minute: 59, second: 60 },
    }),
  ),
];

const refusals: readonly Contract[] = [
  refused("GET /message", bare("GET", "/message"), 405, /POST/, { allow: "POST" }),
  refused("PUT /message", { ...post(telemetry), method: "PUT" }, 405, /PUT/, { allow: "POST" }),
  { ...refused("HEAD /message", bare("HEAD", "/message"), 405, /^$/, { allow: "POST" }), body: "" },
  refused(
    "an unknown action",
    post(telemetry, [], "/mesage"),
    404,
    /Action not found\. Try one of these: \/, \/message/,
  ),
  refused("an action below an action", post(telemetry, [], "/message/1"), 404, /Try one of these/),
  refused("a GET of an unknown action", bare("GET", "/favicon.ico"), 404, /Try one of these/),
  refused("an undecodable path", bare("GET", "/caf%e9"), 404, /Try one of these/),
  refused("no body", post(""), 400, /empty/),
  refused("no JSON", post("callsign=M0ZDR"), 400, /not JSON/),
  refused("cut JSON", post(json.slice(0, -1)), 400, /not JSON/),
  refused("NaN", post(json.replace("434075000", "NaN")), 400, /NaN/),
  refused("bytes that are no UTF-8", post(Uint8Array.of(0x7b, 0xc3, 0x28, 0x7d)), 400, /UTF-8/),
  refused("depth", post("[".repeat(9_000)), 400, /64 levels/),
  refused("a list", post([telemetry]), 400, /object/),
  refused("null", post("null"), 400, /object/),
  refused("a number", post("5"), 400, /object/),
  refused("no body, said to be compressed", post("", [["Content-Encoding", "gzip"]]), 400, /empty/),
  refused(
    "no body of many, said to be compressed as nobody can",
    post("", [["Content-Encoding", "compress"]], "/messages"),
    415,
    /gzip/,
  ),
  refused("only an empty object", post({}), 400, /callsign.*type.*time_created.*time_uploaded.*data/),
  refused(
    "more than the compressed body",
    post(Buffer.concat([deflateSync(json), deflateSync(json)]), [["Content-Encoding", "deflate"]]),
    400,
    /Content-Encoding/,
  ),
  refused(
    "a body over the limit that nobody would read",
    post(" ".repeat(maxBody + 1), [], "/nosuch"),
    413,
    /bytes/,
  ),
  refused("a body over the limit for the root", post(" ".repeat(maxBody + 1), [], "/"), 413, /bytes/),
  refused("no body of many", post("", [], "/messages"), 400, /empty/),
  refused("a body over the limit", post(`${json}${" ".repeat(maxBody)}`), 413, new RegExp(String(maxBody))),
  refused(
    "a bomb",
    post(gzipSync(new Uint8Array(maxBody + 1)), [["Content-Encoding", "gzip"]]),
    413,
    new RegExp(String(maxBody)),
  ),
  refused(
    "cut gzip",
    post(gzipSync(json).subarray(0, -10), [["Content-Encoding", "gzip"]]),
    400,
    /Content-Encoding/,
  ),
  refused("an unknown coding", post(telemetry, [["Content-Encoding", "compress"]]), 415, /gzip/, {
    "accept-encoding": "gzip, deflate, br, zstd",
  }),
  refused(
    "an unusable idempotency key",
    post(telemetry, [["Idempotency-Key", "two words"]]),
    400,
    /Idempotency-Key/,
  ),
  refused("an idempotency key that is two", post(telemetry, [["Idempotency-Key", "a,b"]]), 400, /\\"a, b\\"/),
  invalid("TELEM, which clients may not insert", { type: "TELEM" }, /TELEM/),
  invalid("an unknown type", { type: "SOMETHING" }, /RECEIVED_TELEM/),
  invalid("a type that is a number", { type: 1 }, /"field":"type"/),
  invalid("an empty callsign", { callsign: "" }, /"field":"callsign"/),
  invalid("a callsign with a space", { callsign: "M0 ZDR" }, /"field":"callsign"/),
  invalid("a time that is no number", { time_created: "yesterday" }, /"field":"time_created"/),
  invalid("a time that is true", { time_uploaded: true }, /"field":"time_uploaded"/),
  refused("an infinite time", post(json.replace("1295103500", "1e999")), 400, /"field":"time_created"/),
  invalid("data that is a list", { data: [] }, /"field":"data"/),
  invalid("a string that is no base64", { data: { string: "$$hadie" } }, /"field":"data.string"/),
  invalid("a negative frequency", { data: { ...telemetry.data, frequency: -1 } }, /"field":"data.frequency"/),
  invalid(
    "a latitude off the globe",
    {
      type: "LISTENER_TELEM",
      data: { latitude: 91, longitude: 0, altitude: 0, time: { hour: 0, minute: 0, second: 0 } },
    },
    /"field":"data.latitude"/,
  ),
  invalid(
    "an hour past the day",
    {
      type: "LISTENER_TELEM",
      data: { latitude: 1, longitude: 0, altitude: 0, time: { hour: 25, minute: 0, second: 0 } },
    },
    /"field":"data.time.hour"/,
  ),
];

/** `count` uploads whose times of creation tell them apart, and what is stored of each. */
function many(count: number) {
  return Array.from({ length: count }, (_, number) => {
    const created = telemetry.time_created + number;
    return {
      upload: { ...telemetry, time_created: created },
      stored: stored(telemetry.type, "M0ZDR", created, storedTelemetry.data),
    };
  });
}

const three = many(3);
const [first, second, third] = three.map(({ upload }) => JSON.stringify(upload));
const [firstStored, secondStored, thirdStored] = three.map((item) => item.stored);
const acceptedAt = (index: number) => ({ index, outcome: "accepted", id: three[index]?.stored.id });
const allThree = JSON.stringify({
  accepted: 3,
  rejected: 0,
  results: [acceptedAt(0), acceptedAt(1), acceptedAt(2)],
});

function bulk(name: string, body: unknown, headers: ContractRequest["headers"] = []): Contract {
  return {
    name: `many: ${name}`,
    request: post(body, headers, "/messages"),
    status: 200,
    contentType: "application/json",
    body: allThree,
    queued: three.map((item) => item.stored),
  };
}

function mixed(
  name: string,
  body: unknown,
  receipt: RegExp,
  queued: readonly (StoredMessage | undefined)[],
): Contract {
  const stays = queued.filter((message) => message !== undefined);
  return { ...bulk(name, body), status: stays.length === 0 ? 400 : 207, body: receipt, queued: stays };
}

const jsonType: ContractRequest["headers"] = [["Content-Type", "application/json"]];
const ndjsonType: ContractRequest["headers"] = [["Content-Type", "application/x-ndjson; charset=utf-8"]];
const ndjson = `${first}\n${second}\r\n\n${third}`;
const array = three.map(({ upload }) => upload);

const bulks: readonly Contract[] = [
  bulk("a JSON array", array, jsonType),
  bulk("NDJSON, with a blank line and none at its end", ndjson, ndjsonType),
  bulk("an array whose type says nothing", array),
  bulk("NDJSON whose type says nothing", ndjson, [["Content-Type", "application/x-www-form-urlencoded"]]),
  bulk("gzip", gzipSync(ndjson), [["Content-Encoding", "gzip"]]),
  { ...bulk("none", "[]"), body: JSON.stringify({ accepted: 0, rejected: 0, results: [] }), queued: [] },
  {
    ...bulk("Prefer: dry-run shows what would be queued, and stores nothing", array, [["Prefer", "dry-run"]]),
    headers: { "preference-applied": "dry-run" },
    body: JSON.stringify({
      accepted: 3,
      rejected: 0,
      results: three.map((item, index) => ({ ...acceptedAt(index), message: item.stored })),
    }),
    queued: [],
  },
  mixed(
    "a line that is not JSON",
    `${first}\nnonsense\n${third}`,
    /"accepted":2,"rejected":1,.*"index":1,"outcome":"rejected","problem":\{.*not JSON/,
    [firstStored, thirdStored],
  ),
  mixed(
    "a line with NaN",
    `${first}\n${second?.replace("434075000", "NaN")}\n${third}`,
    /"index":1,"outcome":"rejected","problem":\{.*NaN/,
    [firstStored, thirdStored],
  ),
  mixed(
    "an element with NaN in an array",
    `[${first}, ${second?.replace("434075000", "NaN")}, ${third}]`,
    /"index":1,"outcome":"rejected","problem":\{.*NaN/,
    [firstStored, thirdStored],
  ),
  mixed(
    "a bad message in an array",
    [three[0]?.upload, { ...telemetry, callsign: "" }, three[2]?.upload],
    /"index":1,"outcome":"rejected","problem":\{.*"field":"callsign"/,
    [firstStored, thirdStored],
  ),
  mixed("a null and a list among messages", [null, [], three[1]?.upload], /"accepted":1,"rejected":2,/, [
    secondStored,
  ]),
  {
    ...mixed(
      "a lone object where an array is said to be",
      telemetry,
      /"rejected":1,"results":\[\{"index":0,.*must be a JSON array/,
      [],
    ),
    request: post(telemetry, jsonType, "/messages"),
  },
  mixed("none that is good", "{}\n{}", /"accepted":0,"rejected":2/, []),
  refused("many: no array can be made of it", post("[1,", jsonType, "/messages"), 400, /not JSON/),
  refused(
    "many: more than one request may have, though the first are good",
    post(`${ndjson}\n${"1\n".repeat(maxMessages - 2)}`, ndjsonType, "/messages"),
    413,
    /"detail":"One request may have 50 messages at most/,
  ),
  refused("many: GET", bare("GET", "/messages"), 405, /POST/, { allow: "POST" }),
  {
    ...bulk("a key of its own for each", [
      { ...three[0]?.upload, idempotency_key: "k-1" },
      { ...three[1]?.upload, idempotency_key: 5 },
    ]),
    status: 207,
    body: /"id":"k-1".*"field":"idempotency_key"/,
    queued: firstStored === undefined ? [] : [{ ...firstStored, id: "k-1" }],
  },
  {
    ...accepted(
      "Prefer: dry-run shows what would be queued, and stores nothing",
      post(telemetry, [["Prefer", "dry-run"]]),
    ),
    contentType: "application/json",
    body: JSON.stringify(storedTelemetry),
    headers: { "preference-applied": "dry-run" },
    queued: [],
  },
];

export const contracts: readonly Contract[] = [...info, ...insertion, ...refusals, ...bulks];
