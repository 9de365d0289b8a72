import { close, constants, open, openSync, write, writeSync } from "node:fs";
import { errorCode } from "../../platform/error-code.ts";

/**
 * How a file of lines is opened: to append, and made if it is not there. It says nothing to a file, but a named pipe (mkfifo)
 * that nobody reads is an error instead of a wait, and one whose reader is behind is `EAGAIN`.
 */
export const toAppendLines =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;

/** One write for many lines: a write for each would cost a busy gateway as much as validating its messages. */
const together = { bytes: 8_192, milliseconds: 100 };

/** Bytes that wait for a slow disk at most. What comes on top is left out, since requests go before lines about them. */
const maxWaiting = 4_194_304;
const tooManyWait = new Error("more lines wait than are written");

/** Milliseconds until a pipe whose reader is behind is tried again, and how often at the end, when nothing else waits. */
const busy = { delay: 50, triesAtEnd: 20 };

/**
 * Appends lines to a file without holding anybody up. Where they cannot be written, because the disk is full or nobody reads
 * the pipe, they are lost, and the next are tried anew: a log must never stop the program that it tells of, nor its exit.
 */
export class LineWriter {
  readonly #file: string | undefined;
  readonly #lost: (error: Error) => void;
  #descriptor: number;
  #gathered = "";
  /** What the system has been given, or is to be given again. */
  #writing: Buffer | undefined;
  /** Whether the system has it just now. */
  #inFlight = false;
  /** Whether it begins in the middle, since the system took only a part. */
  #torn = false;
  /** Closed as soon as nothing is in flight. */
  readonly #retired: number[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** Of a pipe whose reader is behind. */
  #again: NodeJS.Timeout | undefined;
  #triesAtEnd = busy.triesAtEnd;
  #closed: PromiseWithResolvers<void> | undefined;

  /**
   * @param target a path, or a descriptor that stays open
   * @param lost is told why lines were lost, each time, which may be often
   * @throws {Error} Node's, when the file cannot be opened
   */
  constructor(target: string | number, lost: (error: Error) => void = () => {}) {
    this.#lost = lost;
    this.#file = typeof target === "string" ? target : undefined;
    this.#descriptor = typeof target === "string" ? openSync(target, toAppendLines) : target;
  }

  /** @param line with its end */
  write(line: string): void {
    if (this.#gathered.length > maxWaiting) {
      this.#lost(tooManyWait);
      return;
    }
    this.#gathered += line;
    this.#flushSoon();
  }

  /** For the exit, and for lines that may be the last: one try, which blocks. What is in flight gets there by itself. */
  flushSync(): void {
    const gathered = Buffer.from(this.#gathered);
    const waiting =
      this.#inFlight || this.#writing === undefined ? gathered : Buffer.concat([this.#writing, gathered]);
    if (!this.#inFlight) this.#writing = undefined;
    this.#gathered = "";
    let tries = busy.triesAtEnd;
    for (let written = 0; written < waiting.length; ) {
      try {
        written += writeSync(this.#descriptor, waiting, written);
      } catch (error) {
        tries -= 1;
        if (!isBusy(error) || tries === 0) return;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, busy.delay);
      }
    }
  }

  /**
   * Opens the file again by its name: logrotate has moved it away. Where that fails, the old one is gone on with.
   *
   * @param failed is told why
   */
  reopen(failed: (error: Error) => void): void {
    if (this.#file === undefined || this.#closed !== undefined) return;
    open(this.#file, toAppendLines, (error, descriptor) => {
      if (error !== null) {
        failed(error);
        return;
      }
      if (this.#closed !== undefined) {
        close(descriptor, () => {});
        return;
      }
      this.#retired.push(this.#descriptor);
      this.#descriptor = descriptor;
      if (!this.#inFlight) this.#closeRetired();
    });
  }

  /** Writes what is left, or loses it, and closes the file. Idempotent. */
  close(): Promise<void> {
    if (this.#closed === undefined) {
      this.#closed = Promise.withResolvers();
      this.#again?.ref();
      this.#flush();
    }
    return this.#closed.promise;
  }

  #flushSoon(): void {
    if (this.#gathered.length >= together.bytes) this.#flush();
    // The exit does not wait for it: see `flushSync`.
    else this.#timer ??= setTimeout(() => this.#flush(), together.milliseconds).unref();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#writing !== undefined) return;
    if (this.#gathered === "") {
      if (this.#closed !== undefined) this.#end(this.#closed.resolve);
      return;
    }
    this.#writing = Buffer.from(this.#gathered);
    this.#gathered = "";
    this.#writeOn();
  }

  #writeOn(): void {
    const given = this.#writing;
    if (given === undefined) return;
    this.#inFlight = true;
    write(this.#descriptor, given, (error, written) => {
      this.#inFlight = false;
      this.#closeRetired();
      if (error !== null && isBusy(error) && this.#mayWriteAgain()) {
        this.#again = setTimeout(() => this.#writeOn(), busy.delay);
        if (this.#closed === undefined) this.#again.unref();
        return;
      }
      if (error !== null) this.#lost(error);
      // What has been torn off must not swallow the next line.
      if (error !== null && this.#torn) this.#gathered = `\n${this.#gathered}`;
      this.#torn = error === null && written < given.length;
      this.#writing = this.#torn ? given.subarray(written) : undefined;
      if (this.#writing !== undefined) this.#writeOn();
      else if (this.#closed !== undefined) this.#flush();
      else if (this.#gathered !== "") this.#flushSoon();
    });
  }

  #mayWriteAgain(): boolean {
    if (this.#closed !== undefined) this.#triesAtEnd -= 1;
    return this.#triesAtEnd > 0;
  }

  #closeRetired(): void {
    for (const descriptor of this.#retired.splice(0)) close(descriptor, () => {});
  }

  #end(done: () => void): void {
    if (this.#file === undefined) done();
    else close(this.#descriptor, () => done());
  }
}

function isBusy(error: unknown): boolean {
  return errorCode(error) === "EAGAIN";
}
