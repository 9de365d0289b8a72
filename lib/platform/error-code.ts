/** The system's or Node's name for what went wrong: `ENOENT`, `HPE_INVALID_METHOD`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
