/**
 * A message that can never be accepted as it is. Only its sender can mend it, so `message` tells the sender
 * which field is wrong and what would be right.
 */
export class InvalidMessageError extends Error {
  override readonly name = "InvalidMessageError";
  /** Dotted path of the field, for example `data.time.hour`; empty when the message as a whole is wrong. */
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}
