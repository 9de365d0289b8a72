import { rm } from "node:fs/promises";
import type { Readable } from "node:stream";
import { writeFailure } from "../platform/file-failure.ts";
import { FileLockedError } from "../platform/file-lock.ts";
import { lockTemporaryFile } from "../platform/temporary-lock.ts";
import { type Input, openInput } from "./input.ts";
import { Ledger } from "./ledger.ts";
import { readMessages } from "./read-messages.ts";
import { RejectedFile } from "./rejected-file.ts";
import type { Rejection } from "./rejection.ts";
import type { SplitMessage } from "./split-message.ts";
import { UnusableFileError } from "./unusable-file-error.ts";
import { Upload } from "./upload.ts";
import type { UploadEnd } from "./upload-end.ts";
import type { UploadOptions } from "./upload-options.ts";
import { readUploadState, writeUploadState } from "./upload-state.ts";

export interface SendInputOptions extends Omit<UploadOptions, "ledger" | "record"> {
  /** `-` for standard input. */
  readonly path: string;
  readonly stdin: Readable;
  /** undefined to remember nothing between runs. */
  readonly statePath: string | undefined;
  readonly rejectedPath: string;
  /** Called once it is known what was done before, and after each request that was answered. */
  readonly onProgress: (progress: UploadProgress) => void;
}

/** How far the upload of one input is. */
export interface UploadProgress {
  readonly ledger: Ledger;
  /** Bytes of the input, decompressed; undefined where nobody can know. */
  readonly expectedBytes: number | undefined;
}

export interface InputSent {
  readonly end: UploadEnd;
  readonly ledger: Ledger;
  /** Whether it may have messages that the ledger knows nothing of. */
  readonly hasMore: boolean;
}

/**
 * Uploads one input, from where an interrupted upload of it stopped. What has become of its messages is written down after
 * each answer, and the state is removed once every message has an outcome, or where none was whole.
 *
 * @throws {UnusableFileError} when the state cannot be used, or is in use, or the rejected messages not be written
 * @throws what the system says of files that cannot be opened or written
 */
export async function sendInput(options: SendInputOptions): Promise<InputSent> {
  const { path, stdin, stop, statePath, rejectedPath } = options;
  const input = await openInput(path, { stdin, stop, remember: statePath !== undefined });
  const rejected = new RejectedFile(rejectedPath, path);
  if (statePath === undefined) {
    await rejected.open(undefined);
    return upload(input, new Ledger(), rejected, options);
  }

  const unlock = lock(statePath);
  try {
    const state = await readUploadState(statePath, input, options.gateway.address);
    await rejected.open(state?.rejectedBytes);
    const sent = await upload(input, new Ledger(state?.ledger), rejected, options);
    const isBegun = sent.ledger.frontier.index > 0;
    if (sent.end.end === "complete" || !isBegun) await rm(statePath, { force: true });
    return sent;
  } finally {
    unlock();
  }
}

/** For as long as this process lives, no other sends by the same state. */
function lock(statePath: string): () => void {
  try {
    return lockTemporaryFile(`${statePath}.lock`);
  } catch (error) {
    if (error instanceof FileLockedError) {
      throw new UnusableFileError(`another process is sending it (${statePath})`, { cause: error });
    }
    const reason = writeFailure(error);
    throw new UnusableFileError(`${statePath} cannot be written: ${reason}; choose another with --state`, {
      cause: error,
    });
  }
}

async function upload(
  input: Input,
  ledger: Ledger,
  rejected: RejectedFile,
  options: SendInputOptions,
): Promise<InputSent> {
  const { gateway, statePath, onProgress } = options;
  const record = async (rejections: readonly Rejection[]): Promise<void> => {
    await rejected.append(rejections);
    if (statePath !== undefined) {
      const written = { to: gateway.address, ledger: ledger.entries, rejectedBytes: rejected.bytes };
      await writeUploadState(statePath, input, written);
    }
    onProgress({ ledger, expectedBytes: input.expectedBytes() });
  };
  // Before the first request: what is rejected in it must not be taken for somebody else's if this is killed then.
  await record([]);
  const { start } = ledger;
  const messages = unsettled(readMessages(input.bytes(start.offset), start), ledger);
  const running = new Upload(messages, { ...options, ledger, record });
  const end = await running.run();
  return { end, ledger, hasMore: running.hasMore };
}

async function* unsettled(
  messages: AsyncIterable<SplitMessage>,
  ledger: Ledger,
): AsyncGenerator<SplitMessage> {
  for await (const message of messages) if (ledger.wants(message)) yield message;
}
