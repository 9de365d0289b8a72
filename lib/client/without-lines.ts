import { newline } from "./json-bytes.ts";

/**
 * Leaves out the lines that begin so, and those that a crash has cut short before that could be told, or whose beginning a
 * power failure has made zeroes of. No more of a line is held than tells which it is: lines may have any length.
 */
export async function* withoutLines(bytes: AsyncIterable<Buffer>, start: Buffer): AsyncGenerator<Buffer> {
  let line: "unknown" | "kept" | "left out" = "unknown";
  let held = Buffer.alloc(0);
  for await (const piece of bytes) {
    const kept: Buffer[] = [];
    let rest = Buffer.concat([held, piece]);
    while (rest.length > 0) {
      const end = rest.indexOf(newline) + 1;
      if (line === "unknown") {
        if (end === 0 && rest.length < start.length) break;
        line = beginsSo(rest, end, start) ? "left out" : "kept";
      }
      const taken = end === 0 ? rest : rest.subarray(0, end);
      if (line === "kept") kept.push(taken);
      if (end > 0) line = "unknown";
      rest = rest.subarray(taken.length);
    }
    held = rest;
    if (kept.length > 0) yield Buffer.concat(kept);
  }
  if (held.length > 0 && !beginsSo(held, 0, start)) yield held;
}

/** @param end behind the line's end; 0 where it is not there yet */
function beginsSo(bytes: Buffer, end: number, start: Buffer): boolean {
  const length = end === 0 ? bytes.length : end - 1;
  const told = bytes.subarray(0, Math.min(length, start.length));
  // No JSON has a zero byte, whosever the line was; it never became durable, and who wrote it writes it again.
  return told.length > 0 && (told.includes(0) || told.equals(start.subarray(0, told.length)));
}
