import { execFileSync } from "node:child_process";
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { LineWriter } from "../../../lib/program/logs/line-writer.ts";

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

function newFile(): string {
  const directory = mkdtempSync(join(tmpdir(), "postern-lines-"));
  directories.push(directory);
  return join(directory, "lines.log");
}

/** Of this process, proc(5). */
const systemWrites = () => Number(/^syscw: (\d+)$/m.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);

/** What a descriptor of this process is. */
function linkOf(descriptor: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return undefined;
  }
}

const numbered = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => `line ${from + index} ${"x".repeat(50)}\n`);

describe("LineWriter", () => {
  it("has written every line, in order, once it is closed", async () => {
    const file = newFile();
    const writer = new LineWriter(file);
    const lines = numbered(0, 10_000);
    for (const line of lines) writer.write(line);
    await Promise.all([writer.close(), writer.close()]);
    expect(readFileSync(file, "utf8")).toBe(lines.join(""));
  });

  it("appends to what is there", async () => {
    const file = newFile();
    for (const line of ["one\n", "two\n"]) {
      const writer = new LineWriter(file);
      writer.write(line);
      await writer.close();
    }
    expect(readFileSync(file, "utf8")).toBe("one\ntwo\n");
  });

  it.skipIf(process.platform !== "linux")(
    "writes many lines together, also while others are written",
    async () => {
      const writer = new LineWriter(newFile());
      const before = systemWrites();
      for (let round = 0; round < 500; round += 1) {
        for (const line of numbered(round, 5)) writer.write(line);
        await turn();
      }
      expect(systemWrites() - before).toBeLessThan(100);
      await writer.close();
    },
  );

  it.skipIf(process.platform === "win32")("does not wait for the reader of a named pipe", () => {
    const pipe = newFile();
    execFileSync("mkfifo", [pipe]);
    expect(() => new LineWriter(pipe)).toThrow(expect.objectContaining({ code: "ENXIO" }));
  });

  it("leaves out what comes while 4 MiB wait, and goes on once they are written", async () => {
    const file = newFile();
    const lost: string[] = [];
    const writer = new LineWriter(file, ({ message }) => lost.push(message));
    // The first is with the system at once.
    for (let line = 0; line < 60; line += 1) writer.write(`${line} ${"x".repeat(100_000)}\n`);
    await expect.poll(() => statSync(file).size).toBeGreaterThan(4_194_304);
    writer.write("more\n");
    await writer.close();
    const beginnings = readFileSync(file, "utf8").match(/^\w+/gm);
    expect(beginnings).toEqual([...Array.from({ length: 43 }, (_, line) => String(line)), "more"]);
    expect(lost).toEqual(Array(17).fill("more lines wait than are written"));
  });

  it("writes what has gathered at once when it is told to", () => {
    const file = newFile();
    const writer = new LineWriter(file);
    writer.write("the last\n");
    writer.flushSync();
    expect(readFileSync(file, "utf8")).toBe("the last\n");
  });

  it("goes on in the old file where there can be no new one, and says why", async () => {
    const file = newFile();
    const writer = new LineWriter(file);
    renameSync(file, `${file}.1`);
    mkdirSync(file);
    const failed = Promise.withResolvers<Error>();
    writer.reopen(failed.resolve);
    expect((await failed.promise).message).toMatch(/EISDIR/);
    writer.write("a line\n");
    await writer.close();
    expect(readFileSync(`${file}.1`, "utf8")).toBe("a line\n");
  });

  it.skipIf(process.platform !== "linux")(
    "closes each file once where it is closed while it is opened again",
    async () => {
      const file = newFile();
      const open = () => readdirSync("/proc/self/fd").filter((fd) => linkOf(fd) === file).length;
      const writer = new LineWriter(file);
      writer.reopen((error) => expect.fail(error.message));
      await writer.close();
      await expect.poll(open).toBe(0);
    },
  );

  it("goes on in a new file when its own is moved away under load, loses no line and writes none twice", async () => {
    const file = newFile();
    const writer = new LineWriter(file);
    const lines: string[] = [];
    const writeMore = () => {
      for (const line of numbered(lines.length, 1_000)) {
        lines.push(line);
        writer.write(line);
      }
    };
    writeMore();
    renameSync(file, `${file}.1`);
    writer.reopen((error) => expect.fail(error.message));
    // What is written meanwhile may go to either.
    const newSize = () => {
      writeMore();
      return existsSync(file) ? statSync(file).size : 0;
    };
    await expect.poll(newSize).toBeGreaterThan(0);
    await writer.close();
    expect(readFileSync(`${file}.1`, "utf8") + readFileSync(file, "utf8")).toBe(lines.join(""));
  });

  it.skipIf(process.platform !== "linux")(
    "goes on, says why, and comes to its end, where nothing can be written",
    async () => {
      const lost: string[] = [];
      const writer = new LineWriter("/dev/full", ({ message }) => lost.push(message));
      for (const line of numbered(0, 1_000)) writer.write(line);
      writer.flushSync();
      writer.write("more\n");
      await writer.close();
      expect(lost).toContainEqual(expect.stringMatching(/^ENOSPC/));
    },
  );

  it.skipIf(process.platform !== "linux")(
    "waits a little at its end for the reader of a pipe who is behind",
    async () => {
      const pipe = newFile();
      execFileSync("mkfifo", [pipe]);
      const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
      const writer = new LineWriter(pipe);
      const lines = numbered(0, 5_000);
      for (const line of lines) writer.write(line);
      const closed = writer.close();
      let read = 0;
      // Its first try fills the pipe; the next is 50 ms later.
      const reading = setInterval(() => {
        try {
          read += readSync(reader, Buffer.alloc(65_536));
        } catch {
          // Nothing there yet.
        }
      }, 5);
      await closed;
      const length = lines.join("").length;
      await expect.poll(() => read).toBe(length);
      clearInterval(reading);
      closeSync(reader);
    },
  );

  it.skipIf(process.platform !== "linux")(
    "begins a line anew behind one that was torn off in its middle",
    async () => {
      const pipe = newFile();
      execFileSync("mkfifo", [pipe]);
      const read = () => openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
      const reader = read();
      const lost: string[] = [];
      const writer = new LineWriter(pipe, ({ message }) => lost.push(message));
      // More than the pipe takes; the rest is torn off when nobody reads any more.
      writer.write(`${"x".repeat(1_000_000)}\n`);
      await expect.poll(() => readSync(reader, Buffer.alloc(1))).toBe(1);
      closeSync(reader);
      await expect.poll(() => lost).toContainEqual(expect.stringMatching(/^EPIPE/));
      const third = read();
      // What the pipe had taken is there still, and fills it.
      const drain = () => {
        for (;;) readSync(third, Buffer.alloc(65_536));
      };
      expect(drain).toThrow(/EAGAIN/);
      writer.write("the next\n");
      await writer.close();
      expect(readFileSync(third, "utf8")).toBe("\nthe next\n");
      closeSync(third);
    },
  );

  it.skipIf(process.platform !== "linux")("gives a pipe up at the exit whose reader is asleep", () => {
    const script = `
      import { LineWriter } from ${JSON.stringify(new URL("../../../lib/program/logs/line-writer.ts", import.meta.url))};
      import { openSync, constants } from "node:fs";
      // As when a reader has set the pipe so.
      const writer = new LineWriter(openSync(process.argv[1], constants.O_RDWR | constants.O_NONBLOCK));
      writer.write("x".repeat(1_000_000));
      process.on("exit", () => writer.flushSync());
      setTimeout(() => process.exit(3), 100);`;
    const fifo = newFile();
    execFileSync("mkfifo", [fifo]);
    const run = () =>
      execFileSync(process.execPath, ["--input-type=module", "-e", script, fifo], {
        timeout: 10_000,
        stdio: "pipe",
      });
    expect(run).toThrow(expect.objectContaining({ status: 3 }));
  });
});
