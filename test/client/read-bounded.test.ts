import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { readBounded } from "../../lib/client/read-bounded.ts";

const mebibyte = Buffer.alloc(1_048_576, "a");

it("reads an answer to its end", async () => {
  const pieces = Array.from({ length: 16 }, () => mebibyte);
  expect(await readBounded(Readable.from(pieces))).toHaveLength(16 * mebibyte.length);
});

it("reads no more of one that does not end", async () => {
  let given = 0;
  const endless = Readable.from(
    (function* () {
      for (;;) {
        given += 1;
        yield mebibyte;
      }
    })(),
  );
  await expect(readBounded(endless)).rejects.toThrow("its answer is longer than any gateway's");
  expect(endless.destroyed).toBe(true);
  expect(given).toBeLessThan(64);
});
