import { setFlagsFromString } from "node:v8";

/**
 * Has V8 collect garbage by the time that its heap has doubled; by default it may grow to several times what is in
 * use. For a program that keeps nothing the work is the same, and it takes less memory.
 *
 * The other half, the size of the nursery, can only be set when Node starts: `--max-semi-space-size=4`.
 */
export function keepHeapModest(): void {
  setFlagsFromString("--heap-growing-percent=100");
}
