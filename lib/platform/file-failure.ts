import { errorCode } from "./error-code.ts";
import { reasonOf } from "./reason-of.ts";

const isDirectory = ["EISDIR", "it is a directory"] as const;

const reading: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "there is no such file"],
  ["ENOTDIR", "there is no such file"],
  ["EACCES", "this user may not read it"],
  isDirectory,
]);

/** Of a file that need not be there. */
const writing: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "there is no such folder"],
  ["ENOTDIR", "there is no such folder"],
  ["EACCES", "this user may not write there"],
  ["EROFS", "its file system is read-only"],
  ["ENOSPC", "its disk is full"],
  ["EDQUOT", "the quota on its disk is used up"],
  ["ENXIO", "it is a pipe that nobody reads"],
  isDirectory,
]);

/** Why a file cannot be read, in a few words. */
export function readFailure(error: unknown): string {
  return explained(error, reading);
}

/** Why a file cannot be written or made, in a few words. */
export function writeFailure(error: unknown): string {
  return explained(error, writing);
}

/** Whether a file could not be written for want of room: on the disk, or for this user. */
export function isLackOfRoom(error: unknown): boolean {
  return ["ENOSPC", "EDQUOT"].includes(errorCode(error) ?? "");
}

function explained(error: unknown, explanations: ReadonlyMap<string, string>): string {
  return explanations.get(errorCode(error) ?? "") ?? reasonOf(error);
}
