import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const ticksPerSecond = Number(execFileSync("getconf", ["CLK_TCK"]));

/** Seconds of CPU that a process and its children that run have used so far. */
export function cpuSeconds(pid: number): number {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean),
  );
  return children.reduce((sum, child) => sum + cpuSeconds(Number(child)), ownCpuSeconds(`/proc/${pid}`));
}

/** Seconds of CPU by the name of the thread. */
export function cpuByThread(pid: number): ReadonlyMap<string, number> {
  const seconds = new Map<string, number>();
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const folder = `/proc/${pid}/task/${task}`;
    const name = Number(task) === pid ? "main" : readFileSync(`${folder}/comm`, "utf8").trim();
    seconds.set(name, (seconds.get(name) ?? 0) + ownCpuSeconds(folder));
  }
  return seconds;
}

/** The most memory that a process has held so far, in MB (10^6 bytes). */
export function peakMegabytes(pid: number): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return (Number(kibibytes) * 1024) / 1e6;
}

/** proc(5): utime and stime are the 14th and 15th field; the second, in parentheses, may hold spaces. */
function ownCpuSeconds(folder: string): number {
  const stat = readFileSync(`${folder}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
