import { setFlagsFromString } from "node:v8";

/**
 * Has V8 do with less memory, and its best sooner, for a program that keeps nothing and runs for months.
 *
 * - It collects all garbage by the time that its heap has grown by two fifths; by default it may grow to several times what is in
 *   use. What a request leaves goes with the young, so that this comes to pass a few times a minute under load.
 * - It leaves out the middle one of its compilers, which takes the most memory, 20 MB, and is of use while a program warms up.
 *   Its best compiler has a function sooner instead. By default it waits for 3,000 calls of it, ten seconds for what is done
 *   once for a call to the queue, and meanwhile that takes a sixth more time.
 * - One thread collects the nursery: several wait for each other where all cores are busy.
 * - Nothing is born old. V8 guesses from where objects are made how long they live, and where it takes sockets for old, each keeps
 *   its whole request until everything is collected.
 * - Threads that begin later, as the spool's, have a nursery of 1 MB, which serves them as well as a larger one does.
 *
 * The other half can only be set when Node starts: the size of this thread's nursery, and what the C library does with freed memory.
 * See `infra/systemd/postern.service`.
 */
export function keepHeapModest(): void {
  setFlagsFromString("--heap-growing-percent=40");
  setFlagsFromString("--no-maglev");
  setFlagsFromString("--invocation-count-for-turbofan=100");
  setFlagsFromString("--minimum-invocations-after-ic-update=100");
  setFlagsFromString("--no-parallel-scavenge");
  setFlagsFromString("--no-allocation-site-pretenuring");
  setFlagsFromString("--max-semi-space-size=1");
}
