/**
 * The bytes that the client sent. Whether they travelled as base64 is the event's own word, whatever their content
 * type: text comes as base64 too, and gzip through a UTF-8 string would be spoilt for good.
 */
export function eventBody(body: string | null | undefined, isBase64Encoded: boolean): Uint8Array {
  return Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8");
}
