import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** Where a web server finds the program behind it. */
export type Backend =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number };

export interface Setup {
  /** For what the server writes; removed by whoever made it. */
  readonly directory: string;
  /** On 127.0.0.1. */
  readonly port: number;
  readonly backend: Backend;
}

/** A web server of Debian's, run with the example configuration in `infra/`. */
export interface WebServer {
  readonly name:
    | "nginx"
    | "nginx without request buffering"
    | "lighttpd"
    | "lighttpd without fix-root-scriptname"
    | "Apache";
  readonly program: string;
  /** What its SCGI module connects to. */
  readonly backend: Backend["kind"];
  /** The example, below `infra/`. */
  readonly example: string;
  /**
   * The example inside what a distribution's main file does for it, with its port and backend replaced.
   *
   * @param example the text of the example
   */
  configuration(setup: Setup, example: string): string;
  /** Runs it in the foreground. @param file the configuration */
  arguments(setup: Setup, file: string): readonly string[];
}

export interface RunningWebServer {
  stop(): Promise<void>;
}

/** @throws when it ends instead of listening, with what it printed */
export async function startWebServer(server: WebServer, setup: Setup): Promise<RunningWebServer> {
  const example = await readFile(new URL(`../../../infra/${server.example}`, import.meta.url), "utf8");
  const file = join(setup.directory, "web-server.conf");
  await writeFile(file, server.configuration(setup, example));
  // Apache gives its whole environment to the program behind it.
  const child = spawn(server.program, server.arguments(setup, file), {
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
  while (!(await accepts(setup.port))) {
    if (ended) throw new Error(`${server.name} did not start: ${printed}`);
    await delay(20);
  }
  return {
    async stop() {
      child.kill("SIGTERM");
      await closed;
    },
  };
}

export function isInstalled({ program }: WebServer): boolean {
  return [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"].some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Replaces what an example says; an example that no longer says it must not be taken for tested. */
export function substituted(
  example: string,
  ...replacements: readonly (readonly [string, string])[]
): string {
  return replacements.reduce((text, [said, instead]) => {
    if (!text.includes(said)) throw new Error(`the example no longer says ${said}`);
    return text.replaceAll(said, instead);
  }, example);
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
