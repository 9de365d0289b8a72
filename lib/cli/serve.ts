import { Command } from "commander";
import { nameProcess } from "../platform/name-process.ts";
import { reasonOf } from "../platform/reason-of.ts";
import { makeLogger } from "../program/logs/logger.ts";
import { keepHeapModest } from "../program/modest-heap.ts";
import { Program } from "../program/program.ts";
import { serviceManager } from "../program/service-manager.ts";
import { requireConsistency } from "../program/settings/consistent-settings.ts";
import { readSettings } from "../program/settings/read-settings.ts";
import { serveSettings } from "../program/settings/serve-settings.ts";
import { withActivatedSockets } from "../program/socket-activation.ts";
import { addSettings } from "./setting-options.ts";
import { unknownVariables } from "./unknown-variables.ts";

export function serveCommand(): Command {
  const command = new Command("serve").description(
    "Runs the gateway until SIGTERM or SIGINT, then answers what is in flight and exits. A second signal exits at once.",
  );
  return addSettings(command, serveSettings).action(serve);
}

async function serve(flags: Readonly<Record<string, string | readonly string[]>>): Promise<void> {
  nameProcess("postern");
  keepHeapModest();
  const settings = withActivatedSockets(
    readSettings(serveSettings, flags, process.env),
    process.env,
    process.pid,
  );
  await requireConsistency(settings);
  // Nobody may be reading any more, or the disk behind it be full: no reason not to serve, nor to end with a failure.
  for (const stream of [process.stdout, process.stderr])
    stream.removeAllListeners("error").on("error", () => {});
  const manager = serviceManager(process.env);
  const log = makeLogger(settings.logLevel);
  const unknown = unknownVariables(process.env);
  if (unknown.length > 0) log.warn({ variables: unknown }, "these are no settings, so they are ignored");
  const program = new Program({
    settings,
    log,
    announce: (line) => process.stdout.write(`${line}\n`),
    onFailure() {
      process.exitCode = 1;
      void program.shutdown();
    },
  });

  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    // What was acknowledged is durable already, so nothing is lost by leaving in a hurry.
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, "stopping");
    manager.stopping();
    void program.shutdown();
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  // SIGUSR1 as nginx takes it.
  for (const signal of ["SIGHUP", "SIGUSR1"]) process.on(signal, () => program.reopenLogs());

  try {
    await program.start();
    manager.ready();
  } catch (error) {
    process.stderr.write(`postern: ${reasonOf(error)}\n`);
    process.exitCode = 1;
  }
}
