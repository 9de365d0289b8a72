import { Command } from "commander";
import { openGateway } from "../client/open-gateway.ts";
import { sendInput } from "../client/send-input.ts";
import { systemSleep } from "../client/sleep.ts";
import { UnusableFileError } from "../client/unusable-file-error.ts";
import { systemClock } from "../message/clock.ts";
import { ConfigurationError } from "../platform/configuration-error.ts";
import { errorCode } from "../platform/error-code.ts";
import { reasonOf } from "../platform/reason-of.ts";
import { readSettings } from "../program/settings/read-settings.ts";
import { visible } from "../tail/message-text.ts";
import { endingNotice } from "./send/ending.ts";
import type { SendInput } from "./send/input.ts";
import { sendInputs } from "./send/inputs.ts";
import { Interruption } from "./send/interruption.ts";
import { noDisplay, progressDisplay } from "./send/progress-display.ts";
import { ProgressMeter } from "./send/progress-meter.ts";
import { type SendSettings, sendSettings } from "./send/settings.ts";
import { exitCode, type SendResult, summaryLine } from "./send/summary.ts";
import { terminalNotice } from "./send/terminal-notice.ts";
import { addSettings } from "./setting-options.ts";

/** Bytes of a request body: under the 1 MiB that a gateway takes unless it is told otherwise. */
const bodyBytes = 1_000_000;

/** Milliseconds for one request: more than a gateway, and a web server in front of it, take for their own timeouts. */
const requestTimeout = 30_000;

export function sendCommand(): Command {
  const command = new Command("send")
    .description(
      "Uploads messages: JSON, NDJSON, or gzip of either. Exit codes: 0 all accepted, 1 some rejected or a file not " +
        "readable to its end, 2 an unusable file, setting or gateway, 75 some not delivered, 130 or 143 interrupted; " +
        "after 75, 130 and 143 the same command continues.",
    )
    .argument("[FILE...]", "what to upload; none or - for standard input")
    .option("--quiet", "no progress and no remarks, only the summary and errors");
  return addSettings(command, sendSettings).action(send);
}

type Flags = Readonly<Record<string, string | readonly string[]>>;

async function send(
  files: readonly string[],
  { quiet, ...flags }: Flags & { readonly quiet?: true },
): Promise<void> {
  const settings = readSettings(sendSettings, flags as Flags, process.env);
  const { inputs, leftOut } = await sendInputs(files, settings);
  if (!quiet)
    for (const { path, reason } of leftOut) process.stderr.write(`postern: ${path}: left out: ${reason}\n`);
  const interruption = new Interruption(systemClock);
  const display = quiet ? noDisplay : progressDisplay(process.stderr, process.env, systemClock);
  const begun = systemClock.monotonic();
  const results: SendResult[] = [];
  let inThisRun = 0;
  for (const input of inputs) {
    const waiting = quiet ? undefined : terminalNotice(input.path, process.stdin.isTTY);
    if (waiting !== undefined) process.stderr.write(`postern: ${waiting}\n`);
    const meter = new ProgressMeter(visible(input.path), display, systemClock);
    const result = await sendOne(input, settings, interruption, meter).finally(() => display.end());
    results.push(result);
    inThisRun += meter.settled;
    const notice = endingNotice(input, result, settings);
    if (notice !== undefined) process.stderr.write(`postern: ${visible(`${input.path}: ${notice}`)}\n`);
    // What keeps one input from being sent keeps the next one too.
    if (result.end.end !== "complete" && result.end.end !== "unreadable") break;
  }
  const run = {
    settled: inThisRun,
    milliseconds: systemClock.monotonic() - begun,
    hasRest: results.length < inputs.length,
  };
  process.stdout.write(`${summaryLine(results, run)}\n`);
  process.exitCode = interruption.exitCode ?? exitCode(results);
  // Nobody may ever close it.
  process.stdin.destroy();
}

/** @throws {ConfigurationError} when it, or one of the files that belong to it, cannot be used */
async function sendOne(
  { path, statePath, rejectedPath }: SendInput,
  settings: SendSettings,
  { stop, hurry }: Interruption,
  meter: ProgressMeter,
): Promise<SendResult> {
  const { text: address } = settings.to;
  try {
    const { end, ledger, hasMore } = await sendInput({
      path,
      stdin: process.stdin,
      statePath,
      rejectedPath,
      gateway: openGateway(settings.to),
      limits: { messages: settings.batch, bytes: bodyBytes },
      retryFor: settings.retryFor * 1_000,
      clock: systemClock,
      sleep: systemSleep,
      random: Math.random,
      stop,
      requestSignal: () => AbortSignal.any([AbortSignal.timeout(requestTimeout), hurry]),
      onProgress: meter.onProgress,
      // What answered may be anything, and its words go to a terminal.
      onPause: (reason, milliseconds) =>
        meter.onPause({ where: address, reason: visible(reason), milliseconds }),
    });
    const { counts, owed, unknown, start } = ledger;
    return { end, counts, unknown, hasRest: hasMore || owed > unknown, next: start.index + 1 };
  } catch (error) {
    if (error instanceof UnusableFileError || (error instanceof Error && errorCode(error) !== undefined)) {
      throw new ConfigurationError(`${path}: ${reasonOf(error)}`, { cause: error });
    }
    throw error;
  }
}
