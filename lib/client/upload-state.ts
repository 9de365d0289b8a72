import { readFile } from "node:fs/promises";
import * as z from "zod/mini";
import { replaceFile } from "../platform/durable-file.ts";
import { errorCode } from "../platform/error-code.ts";
import { readFailure } from "../platform/file-failure.ts";
import { parseGatewayAddress } from "./gateway-address.ts";
import type { Input, InputMark } from "./input.ts";
import { hasHead, headOf } from "./input-head.ts";
import type { LedgerEntries } from "./ledger.ts";
import { parsedJson } from "./parsed-json.ts";
import { UnusableFileError } from "./unusable-file-error.ts";

const wholeNumber = z.number().check(z.int(), z.gte(0));

const position = z.object({
  offset: wholeNumber,
  line: wholeNumber,
  index: wholeNumber,
  inArray: z.boolean(),
  /** A version that did not remember it is as if no message had been broken. */
  mayBeOver: z._default(z.boolean(), false),
});

/** Of a version that did not tell those apart, each may be stored. */
const owed = z.extend(position, { mayBeStored: z._default(z.boolean(), true) });

const uploadState = z.object({
  /** Of this format. */
  version: z.literal(1),
  /** Where the messages that have an outcome were sent. */
  to: z.string(),
  input: z.object({
    /** Bytes as stored; null for a pipe. */
    size: z.nullable(wholeNumber),
    head: z.object({ bytes: wholeNumber, sha256: z.string() }),
    /** Before the place that the upload had come to; not of a pipe, nor of a version that did not look there. */
    mark: z.optional(z.object({ end: wholeNumber, bytes: wholeNumber, sha256: z.string() })),
  }),
  ledger: z.object({
    counts: z.object({ accepted: wholeNumber, duplicate: wholeNumber, rejected: wholeNumber }),
    frontier: position,
    owed: z.array(owed),
  }),
  /** Bytes of the file of rejected messages that belong to these. */
  rejectedBytes: wholeNumber,
});

/** What is kept of an upload between runs. */
export type UploadState = z.output<typeof uploadState>;

/**
 * Reads what an interrupted upload has left.
 *
 * @param to the gateway's address
 * @returns undefined where there is nothing
 * @throws {UnusableFileError} when it is of another input, or what is done was done at another gateway, or it is no state file
 */
export async function readUploadState(
  path: string,
  input: Input,
  to: string,
): Promise<UploadState | undefined> {
  const text = await readFile(path, "utf8").catch((error) => unlessAbsent(path, error));
  if (text === undefined) return undefined;
  const state = uploadState.safeParse(parsedJson(text));
  if (!state.success) throw new UnusableFileError(`${path} is not a state file of postern send`);
  const { size, head, mark } = state.data.input;
  const isShorter = size !== null && input.size !== undefined && input.size < size;
  if (isShorter || !hasHead(input.head, head)) {
    throw new UnusableFileError(
      `${path} belongs to an upload of something else, which ${isShorter ? "was longer" : "began differently"}; remove it to start anew`,
    );
  }
  if (mark !== undefined && (await input.hasMark?.(mark)) === false) {
    throw new UnusableFileError(
      `${path} belongs to an upload of something else, which was different further on; remove it to start anew`,
    );
  }
  const { counts } = state.data.ledger;
  const isBegun = counts.accepted + counts.duplicate + counts.rejected > 0;
  if (isBegun && serverOf(state.data.to) !== serverOf(to)) {
    throw new UnusableFileError(
      `${path} belongs to an upload to ${state.data.to}, which already has a part of it; give --to ${state.data.to} to continue, or remove it to start anew`,
    );
  }
  return state.data;
}

/** An address may be written in more than one way. */
function serverOf(address: string): string {
  const parsed = parseGatewayAddress(address);
  return parsed?.kind === "http" ? parsed.url.href : address;
}

/** Durable when it resolves. */
export async function writeUploadState(
  path: string,
  input: Input,
  { to, ledger, rejectedBytes }: { to: string; ledger: LedgerEntries; rejectedBytes: number },
): Promise<void> {
  const state = {
    version: 1,
    to,
    input: { size: input.size ?? null, head: headOf(input.head), mark: await markOf(input, ledger) },
    ledger,
    rejectedBytes,
  };
  await replaceFile(path, `${JSON.stringify(state)}\n`);
}

/** That it cannot be read again is told of where it has to be read. */
async function markOf(input: Input, { frontier }: LedgerEntries): Promise<InputMark | undefined> {
  return input.markAt?.(frontier.offset).catch(() => undefined);
}

function unlessAbsent(path: string, error: unknown): undefined {
  if (errorCode(error) === "ENOENT") return;
  throw new UnusableFileError(`${path} cannot be read: ${readFailure(error)}; choose another with --state`, {
    cause: error,
  });
}
