import { readFile } from "node:fs/promises";
import * as z from "zod/mini";
import { replaceFile } from "../platform/durable-file.ts";
import { errorCode } from "../platform/error-code.ts";
import type { Input } from "./input.ts";
import { hasHead, headOf } from "./input-head.ts";
import type { LedgerEntries } from "./ledger.ts";

const wholeNumber = z.number().check(z.int(), z.gte(0));

const position = z.object({
  offset: wholeNumber,
  line: wholeNumber,
  index: wholeNumber,
  inArray: z.boolean(),
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

/** A state file cannot be used. The message is one line that a user can act on. */
export class UploadStateError extends Error {
  override readonly name = "UploadStateError";
}

/**
 * Reads what an interrupted upload has left.
 *
 * @returns undefined where there is nothing
 * @throws {UploadStateError} when it is of another input, or no state file
 */
export async function readUploadState(path: string, input: Input): Promise<UploadState | undefined> {
  const text = await readFile(path, "utf8").catch(absent);
  if (text === undefined) return undefined;
  const state = uploadState.safeParse(parsed(text));
  if (!state.success) throw new UploadStateError(`${path} is not a state file of postern send`);
  const { size, head } = state.data.input;
  const isShorter = size !== null && input.size !== undefined && input.size < size;
  if (isShorter || !hasHead(input.head, head)) {
    throw new UploadStateError(
      `${path} is of an upload of something else, which ${isShorter ? "was longer" : "began otherwise"}; remove it to begin anew`,
    );
  }
  return state.data;
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
    input: { size: input.size ?? null, head: headOf(input.head) },
    ledger,
    rejectedBytes,
  };
  await replaceFile(path, `${JSON.stringify(state)}\n`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function absent(error: unknown): undefined {
  if (errorCode(error) !== "ENOENT") throw error;
}
