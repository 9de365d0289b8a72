import { check } from "./check.ts";
import { describeValue } from "./describe-value.ts";
import { InvalidMessageError } from "./invalid-message.ts";
import { id } from "./message-id.ts";
import type { Message } from "./message-types.ts";

const header = "Idempotency-Key";
/** Where a message brings a key of its own. */
export const keyMember = "idempotency_key";

/**
 * RFC 8941 §3.3.3: between quotes, a quote or backslash only after a backslash; §3.1.2: parameters behind it, of which none is
 * known.
 */
const structuredString = /^("(?:[^"\\]|\\["\\])*")(?:; *[a-z*][a-z0-9_.*-]*(?:=[^",;]+)?)*$/;

/**
 * Reads an `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header: a structured-field string, so in
 * quotes), and also a bare key, which is what most clients send.
 *
 * @throws {InvalidMessageError} when it cannot be an id
 */
export function idempotencyKey(value: string): string {
  const text = value.trim();
  // A comma in a bare one stands between two headers, which some gateways join without the space.
  return check(id, /^"|,/.test(text) ? unquoted(text) : text, header);
}

/**
 * The `idempotency_key` of a message. Many in one request have but one header among them, and a message that is sent
 * again by itself shall have the same id.
 *
 * @returns undefined where it has none, or null
 * @throws {InvalidMessageError} when it cannot be an id
 */
export function idempotencyKeyMember(upload: unknown): string | undefined {
  if (typeof upload !== "object" || upload === null || !Object.hasOwn(upload, keyMember)) return undefined;
  const key: unknown = Reflect.get(upload, keyMember);
  return key === null ? undefined : check(id, key, keyMember);
}

/** The message with its sender's key, if there is one, as its id. */
export function withKey(message: Message, key: string | undefined): Message {
  return key === undefined ? message : { ...message, id: key };
}

function unquoted(text: string): string {
  const [, quoted] = structuredString.exec(text) ?? [];
  if (quoted !== undefined) return quoted.slice(1, -1).replace(/\\(.)/g, "$1");
  const joined = describeValue(text.replaceAll(/,\s*/g, ", "));
  throw new InvalidMessageError(
    header,
    `${header} must be one key, in a pair of quotes if it has a comma, got ${joined}`,
  );
}
