/** There was no connection to send a request on, and so nothing was sent. */
export class NotSentError extends Error {
  readonly code: string | undefined;

  constructor(cause: Error) {
    super(cause.message, { cause });
    this.name = "NotSentError";
    this.code = (cause as NodeJS.ErrnoException).code;
  }
}
