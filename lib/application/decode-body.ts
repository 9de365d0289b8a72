import type { Clock } from "../message/clock.ts";
import { atMost } from "./at-most.ts";
import { bodyTooLarge } from "./body-too-large.ts";
import { type Decoder, decodeGzip, decoders, isGzip } from "./content-codings.ts";
import type { InsertRequest } from "./insert-request.ts";
import { Problem } from "./problem.ts";
import { tooMuchInFlight } from "./request-memory.ts";

const supported = "gzip, deflate, br, zstd";

/** More codings on one body than anybody uses are an attack. */
const maxCodings = 2;

/**
 * As many as have threads to run on (UV_THREADPOOL_SIZE). More would only wait there, each with what has come out of it
 * so far, which is not counted before it is whole: so that is at most so many bodies of the largest size.
 */
const inTurn = atMost(4);

/**
 * Undoes the Content-Encoding of a request's body. What comes out counts as held by the request, as what came in does.
 *
 * Gzip is told by its magic bytes rather than by the header: a REST API may gunzip a body and leave the header on
 * it, and no JSON starts with `1f 8b`. So the answer is the same through a gateway that does this and one that
 * does not.
 *
 * @param maxLength bytes that may come out
 * @param clock of the request's deadline: past it nobody waits for what would come out, and others do for the turn
 * @throws {Problem} 400 when the body is not what the header says, 413 when too much comes out, 415 for an unknown
 * coding, 503 when what comes out has no room beside what other requests hold, or they took all of its time
 */
export async function decodeBody(
  { body, headers, memory, deadline }: Pick<InsertRequest, "body" | "headers" | "memory" | "deadline">,
  maxLength: number,
  clock: Pick<Clock, "monotonic">,
): Promise<Uint8Array> {
  const decodings = codings(headers.get("content-encoding"), body);
  // That none has come says more than that it is not what it was to be, and is all that a REST API lets be known.
  if (decodings.length === 0 || body.length === 0) return body;
  return inTurn(async () => {
    if (clock.monotonic() >= deadline) throw tooMuchInFlight();
    let decoded = body;
    for (const decode of decodings) decoded = await undo(decode, decoded, maxLength);
    if (decoded !== body && !memory.hold(decoded.length)) throw tooMuchInFlight();
    return decoded;
  });
}

async function undo(decode: Decoder, bytes: Uint8Array, maxLength: number): Promise<Uint8Array> {
  try {
    return await decode(bytes, maxLength);
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    if (cause instanceof RangeError) throw bodyTooLarge(maxLength);
    const detail =
      "The body is not what its Content-Encoding says, is cut short, or has something behind it.";
    throw new Problem("invalid_encoding", detail, { field: "Content-Encoding", cause });
  }
}

/** In the order in which they are undone: the reverse of that in which they were applied. */
function codings(contentEncoding: string | undefined, body: Uint8Array): readonly Decoder[] {
  if (contentEncoding === undefined || contentEncoding === "") return isGzip(body) ? [decodeGzip] : [];
  const names = contentEncoding
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "" && name !== "identity");
  if (names.length > maxCodings) throw unsupported();
  return names.reverse().map((name) => {
    const decoder = decoders.get(name);
    if (decoder === undefined) throw unsupported();
    return decoder;
  });
}

function unsupported(): Problem {
  const detail = `Content-Encoding must be one of ${supported}, or absent; at most ${maxCodings} may be applied.`;
  return new Problem("unsupported_encoding", detail, {
    field: "Content-Encoding",
    headers: { "accept-encoding": supported },
  });
}
