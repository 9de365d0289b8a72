import { writeFileSync } from "node:fs";

/**
 * The name by which Linux lists this process, in `top`, `systemctl status` and the kernel's word of whom it killed (proc(5)); 15
 * characters of it. Node's own is `MainThread`, whatever runs in it, and with `process.title` the arguments would be lost.
 */
export function nameProcess(name: string): void {
  try {
    writeFileSync("/proc/self/comm", name);
  } catch {
    // Another system, or none of its files here: no reason not to go on.
  }
}
