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
  return checked(key, "Idempotency-Key");
}

/**
 * The `idempotency_key` of one of many messages, which have but one header among them.
 *
 * @returns undefined where it has none
 * @throws {InvalidMessageError} when it cannot be an id
 */
export function idempotencyKeyMember(upload: unknown): string | undefined {
  if (typeof upload !== "object" || upload === null || !Object.hasOwn(upload, member)) return undefined;
  return checked(Reflect.get(upload, member), member);
}

const member = "idempotency_key";

function checked(key: unknown, field: string): string {
  if (typeof key === "string" && usable.test(key)) return key;
  throw new InvalidMessageError(field, `${field} must be 1 to 128 printable ASCII characters without spaces`);
}
