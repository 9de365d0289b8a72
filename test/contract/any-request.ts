import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { anyUpload } from "../support/any-upload.ts";
import { type ContractRequest, maxBody, maxMessages, prefix } from "./contract-requests.ts";

const segment = fc.constantFrom(
  "message",
  "messages",
  "mess%61ge",
  "openapi.json",
  "",
  ".",
  "..",
  "%2e",
  "%2E%2e",
  "nosuch",
  "MESSAGE",
  "message;v=1",
  "message%20",
  "message%2F",
  "%2fmessage",
  "message+",
  "%C3%A9",
  "%5C..",
  "health",
);
const target = fc
  .tuple(
    fc.constantFrom("", prefix, `/${prefix}`),
    fc.array(segment, { minLength: 1, maxLength: 2 }),
    fc.constantFrom("", "", "", "?", "?a=b"),
  )
  .map(([before, segments, query]) => `${before}/${segments.join("/")}${query}`);
/** Where most clients go. */
const usual = fc.constantFrom("/message", "/messages", `${prefix}/message`, `${prefix}/messages`);

const goodUpload = fc.record({
  callsign: fc.constantFrom("M0ZDR", "m0zdr", "A/B-7"),
  type: fc.constant("LISTENER_INFO"),
  time_created: fc.constantFrom(1_295_103_500, "1295103500", 1_295_103_500.5),
  time_uploaded: fc.constant(1_295_103_609),
  data: fc.record({ name: fc.string({ unit: "grapheme", maxLength: 5 }) }),
  idempotency_key: fc.constantFrom(undefined, undefined, "key", "", 5),
});
const json = fc
  .oneof({ weight: 5, arbitrary: goodUpload }, { weight: 1, arbitrary: anyUpload })
  .map((upload) => JSON.stringify(upload));
const text = fc.oneof(
  { weight: 4, arbitrary: json },
  { weight: 2, arbitrary: fc.array(json, { maxLength: 5 }).map((items) => `[${items.join(",")}]`) },
  { weight: 2, arbitrary: fc.array(json, { maxLength: 5 }).map((items) => items.join("\n")) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 30 }) },
  // Around the limits of messages and of bytes.
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: maxMessages - 1, max: maxMessages + 1 })
      .map((count) => `[${Array(count).fill("0")}]`),
  },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: maxBody - 2, max: maxBody + 1 })
      .map((length) => `{}${" ".repeat(length - 2)}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("", " ", "[", "{}", "[]", "null", "\ufeff[]", '{"a":NaN}', "[".repeat(200)),
  },
);
const codings: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: gzipSync,
  "x-gzip": gzipSync,
  deflate: deflateSync,
  DEFLATE: deflateRawSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
  identity: (bytes) => bytes,
  "": (bytes) => bytes,
  "gzip, gzip": (bytes) => gzipSync(gzipSync(bytes)),
  compress: (bytes) => bytes,
};
const body = fc
  .record({
    text,
    encoding: fc.oneof(
      { weight: 29, arbitrary: fc.constant("utf8" as const) },
      { weight: 1, arbitrary: fc.constantFrom("latin1" as const, "utf16le" as const) },
    ),
    coding: fc.option(fc.constantFrom(...Object.keys(codings)), { freq: 2 }),
    announced: fc.boolean(),
    kept: fc.oneof(
      { weight: 19, arbitrary: fc.constant(1) },
      { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
    ),
  })
  .map(({ text, encoding, coding, announced, kept }) => {
    const plain = Buffer.from(text, encoding);
    const whole = coding === null ? plain : (codings[coding]?.(plain) ?? Buffer.alloc(0));
    const bytes = whole.subarray(0, Math.round(kept * whole.length));
    const headers: Header[] = coding !== null && announced ? [["Content-Encoding", coding]] : [];
    return { bytes, headers };
  });

type Header = readonly [string, string];
const header = (name: string, ...values: readonly string[]) =>
  fc.constantFrom(...values).map((value): Header => [name, value]);
const headers = fc.array(
  fc.oneof(
    header(
      "Content-Type",
      "application/json",
      "application/x-ndjson",
      "text/plain",
      "application/x-www-form-urlencoded",
      "application/json; charset=utf-16",
      "x",
      "",
    ),
    header(
      "Accept",
      "*/*",
      "application/json",
      "text/html",
      "application/json;q=0",
      "text/plain, application/json",
      "",
    ),
    header(
      "Prefer",
      "dry-run",
      "respond-async, dry-run",
      "DRY-RUN",
      "dry-run=1",
      '"dry-run"',
      "return=minimal",
      "",
    ),
    header("Idempotency-Key", "a", '"a"', '"a b"', "a,b", "", '""', '"a\\"b"', "x".repeat(129), "a;b=c"),
    header("X-Forwarded-For", "2.7.5.8", "unknown"),
    header("Cookie", "a=b"),
    header("Content-Encoding", "gzip", "identity"),
  ),
  { maxLength: 3 },
);

/** Anything that a client may ask for, most of it nearly right. */
export const anyRequest: fc.Arbitrary<ContractRequest> = fc
  .record({
    method: fc.oneof(
      { weight: 8, arbitrary: fc.constant("POST") },
      {
        weight: 1,
        arbitrary: fc.constantFrom("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"),
      },
    ),
    target: fc.oneof({ weight: 3, arbitrary: usual }, { weight: 1, arbitrary: target }),
    headers,
    body,
  })
  .map(({ method, target, headers, body }) => ({
    method,
    target,
    headers: [...headers, ...body.headers],
    body: body.bytes,
  }));
