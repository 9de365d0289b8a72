import { readFile, stat, truncate } from "node:fs/promises";
import { appendDurably } from "../files/durable-file.ts";
import { errorCode } from "../system/error-code.ts";
import { isJson } from "./is-json.ts";
import type { Rejection } from "./rejection.ts";

/**
 * Where rejected messages go, one line each: `{"file", "line", "index", "problem", "message"}`, with the message as it was
 * sent, or `"raw"`, its text, where that is no JSON. Made when there is something to write; what is in it stays.
 */
export class RejectedFile {
  readonly path: string;
  /** Of the messages, as the user named it. */
  readonly #source: string;
  #bytes = 0;

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
   */
  async open(bytesBefore: number | undefined): Promise<void> {
    const size = await stat(this.path).then((found) => found.size, absent);
    this.#bytes = size ?? 0;
    if (bytesBefore === undefined || this.#bytes <= bytesBefore) return;
    const after = (await readFile(this.path)).subarray(bytesBefore).toString();
    const others = after.split(/(?<=\n)/).filter((line) => !line.startsWith(this.#lineStart));
    await truncate(this.path, bytesBefore);
    this.#bytes = bytesBefore;
    if (others.length > 0) await this.#write(others.join(""));
  }

  /** Durable when it resolves. */
  async append(rejections: readonly Rejection[]): Promise<void> {
    if (rejections.length > 0)
      await this.#write(rejections.map((rejection) => this.#line(rejection)).join(""));
  }

  get #lineStart(): string {
    return `{"file":${JSON.stringify(this.#source)},`;
  }

  #line({ message, problem }: Rejection): string {
    const { line, index } = message.position;
    const text = message.text.toString();
    // The very text rather than what it was parsed to, or its numbers might come out different.
    const sent = isJson(text)
      ? `"message":${text.replaceAll(/[\r\n]/g, " ")}`
      : `"raw":${JSON.stringify(text)}`;
    return `${this.#lineStart}"line":${line},"index":${index},"problem":${JSON.stringify(problem)},${sent}}\n`;
  }

  async #write(lines: string): Promise<void> {
    await appendDurably(this.path, lines);
    this.#bytes += Buffer.byteLength(lines);
  }
}

function absent(error: unknown): undefined {
  if (errorCode(error) !== "ENOENT") throw error;
}
