import * as z from "zod/mini";
import { callsign } from "./callsign.ts";
import { check } from "./check.ts";
import { canonicalAddress } from "./client-address.ts";
import { describeValue } from "./describe-value.ts";
import { InvalidMessageError } from "./invalid-message.ts";
import { messageId } from "./message-id.ts";
import type { ForbiddenType, MessageType } from "./message-type.ts";
import { knownTypes, type Message, typeNames } from "./message-types.ts";
import { unixSeconds } from "./number.ts";

/** What the gateway knows of an upload beside its content. */
export interface UploadContext {
  /** The client's address as the transport knows it. */
  readonly ip: string | undefined;
  /** The gateway's wall clock, in milliseconds since the Unix epoch. */
  readonly now: number;
}

const keys = ["callsign", "type", "time_created", "time_uploaded", "data"] as const;

/** Everything but `data`, whose rules depend on the type. */
const envelope = z.object({
  callsign,
  type: z.string(`must be one of ${typeNames}`),
  time_created: unixSeconds,
  time_uploaded: unixSeconds,
});

const typesByName: ReadonlyMap<string, MessageType | ForbiddenType> = new Map(
  knownTypes.map((type) => [type.name, type]),
);

/**
 * Makes of what a client uploaded the message that is stored, or says why not. Keys that nobody knows are ignored, so
 * that clients can be newer than the gateway.
 *
 * A listener's clock may be wrong: `time_uploaded` is its clock at the upload, so both times are moved by the
 * difference to the gateway's clock.
 *
 * The id is that of the content. Where the client sent a key, `withKey` puts it in its place.
 *
 * @throws {InvalidMessageError} naming the field and what would be right
 */
export function acceptMessage(upload: unknown, context: UploadContext): Message {
  requireKeys(upload);
  const { time_created, time_uploaded, ...named } = check(envelope, upload, "");
  const type = typeNamed(named.type);
  const data = check(type.data, upload.data, "data");

  const now = Math.floor(context.now / 1000);
  // The schema of the type has just made the data, which the compiler cannot follow through the look-up by name.
  return {
    id: messageId(named.callsign, type.name, time_created, data),
    source: { callsign: named.callsign, ip: canonicalAddress(context.ip) },
    type: type.name,
    time_created: corrected(time_created, time_uploaded, now),
    time_uploaded: now,
    data,
  } as Message;
}

function requireKeys(upload: unknown): asserts upload is Readonly<Record<(typeof keys)[number], unknown>> {
  if (typeof upload !== "object" || upload === null || Array.isArray(upload)) {
    throw new InvalidMessageError("", `A message must be a JSON object, got ${describeValue(upload)}`);
  }
  const missing = keys.filter((key) => !Object.hasOwn(upload, key));
  if (missing.length > 0) {
    throw new InvalidMessageError(
      missing[0] ?? "",
      `A message must have the keys ${keys.join(", ")}; missing: ${missing.join(", ")}`,
    );
  }
}

function typeNamed(name: string): MessageType {
  const type = typesByName.get(name);
  if (type !== undefined && !("forbidden" in type)) return type;
  throw new InvalidMessageError(
    "type",
    type === undefined
      ? `type must be one of ${typeNames}, got ${describeValue(name)}`
      : `type ${name} is forbidden for direct insertion: ${type.forbidden}; type must be one of ${typeNames}`,
  );
}

/** In whole numbers of any size, because the difference of two clocks may leave those that `number` holds exactly. */
function corrected(created: number, uploaded: number, now: number): number {
  const exact = BigInt(created) + (BigInt(now) - BigInt(uploaded));
  const seconds = Number(exact);
  if (Number.isSafeInteger(seconds)) return seconds;
  throw new InvalidMessageError(
    "time_created",
    `time_created, corrected by the clock's error, must be within ±${Number.MAX_SAFE_INTEGER}, got ${exact}`,
  );
}
