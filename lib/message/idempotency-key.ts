import { InvalidMessageError } from "./invalid-message.ts";

/** What SQS takes as a deduplication id: 1 to 128 letters, digits and ASCII punctuation. */
const usable = /^[!-~]{1,128}$/;

/**
 * Reads an `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header: a structured-field string, so in
 * quotes), and also a bare key, which is what most clients send.
 *
 * @throws {InvalidMessageError} when it cannot be an id
 */
export function idempotencyKey(header: string): string {
  const text = header.trim();
  const key = /^".*"$/.test(text) ? text.slice(1, -1).replace(/\\(["\\])/g, "$1") : text;
  if (!usable.test(key)) {
    throw new InvalidMessageError(
      "Idempotency-Key",
      "Idempotency-Key must be 1 to 128 printable ASCII characters without spaces",
    );
  }
  return key;
}
