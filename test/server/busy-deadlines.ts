import { getHeapSpaceStatistics } from "node:v8";
import { Deadline, Deadlines } from "../../lib/server/deadlines.ts";

// Run as a process of its own, with `--expose-gc --no-allocation-site-pretenuring`: after a quiet time, sets and clears a
// deadline for each of 200,000 entries of 500 bytes, 64 at a time, and says by how many bytes the old generation grew.
const clock = { now: () => 0, monotonic: () => performance.now() };
const deadlines = new Deadlines<object>(60_000, clock, () => {});
const open: Deadline<object>[] = [];

function replace(place: number): void {
  const earlier = open[place];
  if (earlier !== undefined) deadlines.clear(earlier);
  const deadline = new Deadline<object>(new Array(60).fill(place));
  deadlines.set(deadline);
  open[place] = deadline;
}

function oldBytes(): number {
  const old = getHeapSpaceStatistics().find(({ space_name }) => space_name === "old_space");
  if (old === undefined) throw new Error("V8 has no space of that name any more");
  return old.space_used_size;
}

for (let place = 0; place < 16; place += 1) replace(place);
if (globalThis.gc === undefined) throw new Error("needs --expose-gc");
// What lives is in the old generation from here on, a list's or table's own memory among it.
globalThis.gc();
const before = oldBytes();
let most = 0;
for (let count = 0; count < 200_000; count += 1) {
  replace(count % 64);
  if (count % 1_000 === 0) most = Math.max(most, oldBytes() - before);
}
process.stdout.write(`${most}\n`);
