import { accessSync, closeSync, constants, existsSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { writeFailure } from "../../platform/file-failure.ts";
import { toAppendLines } from "../logs/line-writer.ts";

/** One that is not there is not made: it would stay. */
export function checkStatisticsLog(file: string): string {
  try {
    if (existsSync(file)) closeSync(openSync(file, toAppendLines));
    else accessSync(dirname(file), constants.W_OK | constants.X_OK);
    return file;
  } catch (cause) {
    throw new Error(`the statistics log ${file} cannot be opened: ${writeFailure(cause)}`, { cause });
  }
}
