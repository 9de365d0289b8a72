/** Milliseconds that one request should take at most: well within the 13 s that a gateway gives it. */
const goal = 4_000;
/** Bytes of the first request: on a line for which even that is much, little time is lost to find out. */
const first = 32_768;
/** Bytes that every line can carry in time. */
const least = 4_096;

/**
 * How large requests may be, by what those before have taken: on a slow line the gateway's deadline would end each large
 * one, and nothing would ever get through.
 */
export class RequestSize {
  #most: number;
  #fitting = first;

  /** @param most bytes that the gateway takes, as far as is known */
  constructor(most: number) {
    this.#most = most;
  }

  /** Of a body, before it is compressed. */
  get bytes(): number {
    return Math.min(this.#most, this.#fitting);
  }

  /** A request was sent, and answered with what was asked for, or else. What failed fast says nothing of the line. */
  answered(bytes: number, milliseconds: number, succeeded: boolean): void {
    if (milliseconds > goal) this.#fitting = Math.max(least, (bytes * goal) / milliseconds);
    else if (succeeded) this.#fitting = Math.max(this.#fitting, bytes * Math.min(2, goal / milliseconds));
  }

  /** The gateway took no request of so many bytes. */
  tooLarge(bytes: number): void {
    this.#most = Math.floor(bytes / 2);
  }
}
