/** A file that belongs to an upload cannot be used. The message is one line that a user can act on. */
export class UnusableFileError extends Error {
  override readonly name = "UnusableFileError";
}
