import type { WriteStream } from "node:tty";
import { expect, it } from "vitest";
import { progressDisplay } from "../../../lib/cli/send/progress-display.ts";

const columns = 40;
/** What stands for the sequence that clears the rest of a line. */
const erase = "\v";

/** What stands on a terminal after all that was written to it: it breaks lines, and knows what the bar makes use of. */
function screen(written: string): readonly string[] {
  const lines = [""];
  let column = 0;
  for (const token of written.replaceAll("\x1b[K", erase)) {
    const line = lines.at(-1) ?? "";
    if (token === "\r") column = 0;
    else if (token === erase) lines[lines.length - 1] = line.slice(0, column);
    else if (column === columns) {
      lines.push(token);
      column = 1;
    } else {
      lines[lines.length - 1] = line.slice(0, column) + token + line.slice(column + 1);
      column += 1;
    }
  }
  return lines;
}

it("leaves nothing on a narrow terminal that shows which keys were pressed", () => {
  let written = "";
  const stream = {
    isTTY: true,
    columns,
    write(text: string) {
      written += text;
      return true;
    },
  } as unknown as WriteStream;
  const display = progressDisplay(stream, {}, { now: () => 0, monotonic: () => 0 });
  const pause = { where: "http://127.0.0.1:8080", reason: "the queue is ".repeat(9), milliseconds: 1_500 };
  display.show({ name: "file", share: 0.5, settled: 1, rejected: 0, rate: 1, pause });
  expect(screen(written)).toEqual(["the queue is the queue…; again in 1.5 s"]);
  written += "^C";
  display.end();
  expect(screen(written)).toEqual([""]);
});
