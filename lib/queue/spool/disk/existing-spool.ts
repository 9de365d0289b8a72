import { accessSync, constants } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { errorCode } from "../../../platform/error-code.ts";
import { reasonOf } from "../../../platform/reason-of.ts";
import { spoolDirectory } from "./spool-directory.ts";
import { knownLayout } from "./spool-schema.ts";

/** Milliseconds that a reading or writing waits for the program, which holds its own short. */
const busyTimeout = 5_000;

/**
 * Opens the database of a spool that is there, beside the program that may be running on it. Its layout stays as it
 * is: an older program may be the one that runs.
 *
 * @throws {Error} with one line for the operator
 */
export function openExistingSpool(directory: string, access: "read" | "write"): DatabaseSync {
  const { database: path } = spoolDirectory(directory);
  let database: DatabaseSync | undefined;
  try {
    // SQLite would say no more of a folder that is closed to us than of one without a spool.
    accessSync(path, access === "read" ? constants.R_OK : constants.R_OK | constants.W_OK);
    database = new DatabaseSync(path, { readOnly: access === "read", timeout: busyTimeout });
    if (knownLayout(database) === 0) throw new Error("the program has not begun it yet");
    if (access === "write") database.exec("PRAGMA synchronous = FULL");
    return database;
  } catch (error) {
    database?.close();
    if (errorCode(error) === "ENOENT") throw new Error(`there is no spool in ${directory}`, { cause: error });
    const reason = reasonOf(error);
    throw new Error(`cannot open the spool in ${directory}: ${reason}`, { cause: error });
  }
}
