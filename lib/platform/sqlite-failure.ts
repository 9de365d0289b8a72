/**
 * Why SQLite could not do something, in the words of what an operator would look into.
 *
 * - `disk_full`: no room on the file system.
 * - `busy`: another program holds the database.
 * - `damaged`: the file is not, or no longer, a database.
 * - `disk`: the disk gave an error, or writing is not permitted.
 */
export type SqliteFailure = "disk_full" | "busy" | "damaged" | "disk";

/** Primary result codes: https://sqlite.org/rescode.html */
const failures: ReadonlyMap<number, SqliteFailure> = new Map([
  [5, "busy"],
  [6, "busy"],
  [11, "damaged"],
  [13, "disk_full"],
  [26, "damaged"],
]);

/** `node:sqlite` gives the extended result code as `errcode`; its low byte is the primary one. */
export function isSqliteError(error: unknown): error is Error & { readonly errcode: unknown } {
  return error instanceof Error && "errcode" in error;
}

export function sqliteFailure(error: unknown): SqliteFailure {
  const code = isSqliteError(error) ? Number(error.errcode) : 0;
  return failures.get(code & 0xff) ?? "disk";
}
