export type Header = readonly [name: string, value: string];

/** The specification's own example, but for its body's bytes. */
export const deepThought: readonly Header[] = [
  ["CONTENT_LENGTH", "27"],
  ["SCGI", "1"],
  ["REQUEST_METHOD", "POST"],
  ["REQUEST_URI", "/deepthought"],
];

export const deepThoughtBody = "What is the answer to life?";

/** The inside of a netstring. */
export function headerBlock(headers: readonly Header[]): string {
  return headers.map(([name, value]) => `${name}\0${value}\0`).join("");
}

/** Characters are bytes. */
export function netstring(block: string): Buffer {
  return Buffer.from(`${block.length}:${block},`, "latin1");
}

export function scgiBytes(headers: readonly Header[], body: string | Uint8Array = ""): Buffer {
  return Buffer.concat([netstring(headerBlock(headers)), Buffer.from(body)]);
}

/** A request that any limit lets through. */
export function postBytes(body: string, headers: readonly Header[] = []): Buffer {
  return scgiBytes(
    [
      ["CONTENT_LENGTH", String(Buffer.byteLength(body))],
      ["SCGI", "1"],
      ["REQUEST_METHOD", "POST"],
      ["PATH_INFO", "/message"],
      ["REMOTE_ADDR", "192.0.2.7"],
      ...headers,
    ],
    body,
  );
}
