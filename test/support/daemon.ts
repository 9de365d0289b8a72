import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { connect } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** A program of Debian's that serves in the foreground. */
export interface Daemon {
  readonly program: string;
  readonly arguments: readonly string[];
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
}

export interface RunningDaemon {
  stop(): Promise<void>;
}

/** @throws when it ends instead of listening, with what it printed */
export async function startDaemon({ program, arguments: args, port }: Daemon): Promise<RunningDaemon> {
  // Apache gives its whole environment to the program behind it.
  const child = spawn(program, args, {
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  const closed = once(child, "close");
  let ended = false;
  const end = () => {
    ended = true;
  };
  closed.then(end, end);
  while (!(await accepts(port))) {
    if (ended) throw new Error(`${program} did not start: ${printed}`);
    await delay(20);
  }
  return {
    async stop() {
      child.kill("SIGTERM");
      await closed;
    },
  };
}

export function isInstalled(program: string): boolean {
  return [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"].some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
