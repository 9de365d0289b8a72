import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type RunningDaemon, startDaemon } from "../../support/daemon.ts";

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

/** @throws when it ends instead of listening, with what it printed */
export async function startWebServer(server: WebServer, setup: Setup): Promise<RunningDaemon> {
  const example = await readFile(new URL(`../../../infra/${server.example}`, import.meta.url), "utf8");
  const file = join(setup.directory, "web-server.conf");
  await writeFile(file, server.configuration(setup, example));
  const { program } = server;
  return await startDaemon({ program, arguments: server.arguments(setup, file), port: setup.port });
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
