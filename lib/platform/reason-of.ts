/** What went wrong, in the words of what was thrown. */
export function reasonOf(error: unknown): string {
  // Of a host with several addresses, each of which was tried.
  if (error instanceof AggregateError && error.message === "") return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
