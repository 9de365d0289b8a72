import { isUtf8 } from "node:buffer";
import { createReadStream, type Stats } from "node:fs";
import { access, constants, open, realpath, stat, truncate } from "node:fs/promises";
import { dirname } from "node:path";
import { absent } from "../platform/absent.ts";
import { appendDurably, replaceFile } from "../platform/durable-file.ts";
import { writeFailure } from "../platform/file-failure.ts";
import { newline } from "./json-bytes.ts";
import { isJson } from "./parsed-json.ts";
import type { Rejection } from "./rejection.ts";
import { UnusableFileError } from "./unusable-file-error.ts";
import { withoutLines } from "./without-lines.ts";

/**
 * Where rejected messages go, one line each: `{"file", "line", "index", "problem", "message"}`, with the message as it was
 * sent, or `"raw"`, its text, where that is no JSON, or `"base64"`, its bytes, where they are no text. Made when there is
 * something to write; what is in it stays.
 */
export class RejectedFile {
  readonly path: string;
  /** Of the messages, as the user named it. */
  readonly #source: string;
  #bytes = 0;
  /** Whether a crash has left a line without its end, which the next must not be taken for. */
  #isCutShort = false;

  constructor(path: string, source: string) {
    this.path = path;
    this.#source = source;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Begins, or goes on where an interrupted upload's state says. What stands after that was written just before the
   * interruption and will be written again, unless it is of another input.
   *
   * @throws {UnusableFileError} when it could not be written: better before anything is sent than after
   */
  async open(bytesBefore: number | undefined): Promise<void> {
    try {
      await this.#goOn(bytesBefore);
    } catch (error) {
      const reason = writeFailure(error);
      throw new UnusableFileError(
        `${this.path} cannot be written: ${reason}; choose another with --rejected`,
        { cause: error },
      );
    }
  }

  /** Durable when it resolves. */
  async append(rejections: readonly Rejection[]): Promise<void> {
    if (rejections.length > 0)
      await this.#write(rejections.map((rejection) => this.#line(rejection)).join(""));
  }

  async #goOn(bytesBefore: number | undefined): Promise<void> {
    const found = await stat(this.path).catch(absent);
    if (found?.isDirectory()) throw new Error("it is a directory");
    await access(found === undefined ? dirname(this.path) : this.path, constants.W_OK);
    if (found === undefined) return;
    if (bytesBefore !== undefined && found.size > bytesBefore) await this.#leaveOut(bytesBefore, found);
    this.#bytes = (await stat(this.path)).size;
    this.#isCutShort = this.#bytes > 0 && (await byteAt(this.path, this.#bytes - 1)) !== newline;
  }

  /** Leaves out the lines of this input that stand after so many bytes. */
  async #leaveOut(from: number, { size, mode }: Stats): Promise<void> {
    const { path } = this;
    const start = Buffer.from(this.#lineStart);
    const after = () => withoutLines(createReadStream(path, { start: from }), start);
    let kept = 0;
    for await (const bytes of after()) kept += bytes.length;
    if (from + kept >= size) return;
    // Nothing stands there but what is left out, so there is no need for the room that another copy would take.
    if (kept === 0) return truncate(path, from);
    const all = async function* (): AsyncGenerator<Buffer> {
      if (from > 0) yield* createReadStream(path, { end: from - 1 });
      yield* after();
    };
    await replaceFile(await realpath(path), all(), mode & 0o777);
  }

  get #lineStart(): string {
    return `{"file":${JSON.stringify(this.#source)},`;
  }

  #line({ message, problem }: Rejection): string {
    const { line, index } = message.position;
    return `${this.#lineStart}"line":${line},"index":${index},"problem":${JSON.stringify(problem)},${member(message.text)}}\n`;
  }

  async #write(lines: string): Promise<void> {
    // Not what was written alone: another process may write here what is rejected of another input.
    this.#bytes = await appendDurably(this.path, this.#isCutShort ? `\n${lines}` : lines);
    this.#isCutShort = false;
  }
}

/** Where the message itself stands. */
function member(bytes: Buffer): string {
  // As text they would come out as other ones, and look as if they could be sent.
  if (!isUtf8(bytes)) return `"base64":"${bytes.toString("base64")}"`;
  const text = bytes.toString();
  // The very text rather than what it was parsed to, or its numbers might come out different.
  return isJson(text) ? `"message":${text.replaceAll(/[\r\n]/g, " ")}` : `"raw":${JSON.stringify(text)}`;
}

async function byteAt(path: string, position: number): Promise<number | undefined> {
  await using file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, position);
  return buffer[0];
}
