/** Nothing of a request has left, since there was no connection for it. The cause is why. */
export class NotSentError extends Error {
  override readonly name = "NotSentError";
  /** The system's own, where it has one. */
  readonly code: unknown;

  /** @param cause an error */
  constructor(cause: unknown) {
    const { message, code } = cause as NodeJS.ErrnoException;
    super(message, { cause });
    this.code = code;
  }
}
