import { setTimeout as after } from "node:timers/promises";
import { Command } from "commander";
import { systemClock } from "../message/clock.ts";
import { ConfigurationError } from "../platform/configuration-error.ts";
import { reasonOf } from "../platform/reason-of.ts";
import { embeddedLocation } from "../program/queue/embedded-location.ts";
import { readSettings, type Values } from "../program/settings/read-settings.ts";
import { serveSettings } from "../program/settings/serve-settings.ts";
import { messageLine, messageText } from "../tail/message-text.ts";
import { type TailEnd, tailQueue, visibilityTimeout } from "../tail/tail-queue.ts";
import { fail } from "./fail.ts";
import { paragraph } from "./help-layout.ts";
import { addSettings } from "./setting-options.ts";
import { standardOutput } from "./standard-output.ts";
import { wholeNumber } from "./whole-number.ts";

const { queueUrl, embeddedPort } = serveSettings;
const settings = {
  queueUrl,
  embeddedPort: {
    ...embeddedPort,
    meaning: "where the embedded queue of `postern serve` listens, on loopback",
  },
};

interface TailFlags {
  readonly queueUrl?: string;
  readonly embeddedPort?: string;
  readonly follow: boolean;
  readonly json?: true;
  readonly remove?: true;
  readonly count?: number;
  readonly wait?: number;
}

const warnings = {
  exhausted:
    "the queue would soon give up on messages for having been received so often: do not look again, or remove them with --remove",
  overdrawn:
    "messages have been received as often as the queue allows: whoever receives them next sends them to its dead-letter queue",
} as const satisfies Record<Exclude<TailEnd, "done">, string>;

/** Milliseconds until a call to SQS is given up, of which one second may be its waiting for a message. */
const patience = 10_000;

export function tailCommand(): Command {
  const command = new Command("tail")
    .description(
      "Prints the messages on the queue and those that arrive, without removing them. Ctrl-C ends it.",
    )
    .option("-f, --follow", "keep waiting when the queue has no more messages", true)
    .option("--no-follow", "end when the queue has no more messages")
    .option("--remove", "remove each from the queue once it is printed")
    .option("--json", "one line of JSON each, as on the queue, on a terminal too")
    .option("--count <N>", "end after N messages", wholeNumber("--count", 1, 1_000_000_000))
    .option(
      "--wait <SECONDS>",
      "how long to wait for a message, 0 to 20 [default 10, or 1 without --follow]",
      wholeNumber("--wait", 0, 20),
    )
    .addHelpText(
      "after",
      paragraph(
        "SQS has no way to look at a message without receiving it. So tail receives each one, holds it for at most half a " +
          "minute while it looks for more, and gives it back: meanwhile no consumer gets it nor, on a FIFO queue, the messages " +
          "behind it in its group, of which tail shows at most ten. Each look counts as a receive, in every run, and a queue " +
          "with a dead-letter queue gives up on a message that was received too often: without --remove tail stops, with exit " +
          "code 1, once a message has only one receive left. The next look would use that up.",
      ),
    );
  return addSettings(command, settings).action(tail);
}

async function tail({ follow, json, remove, count, wait, ...flags }: TailFlags): Promise<void> {
  const values = readSettings(settings, flags, process.env);
  const location = locate(values);
  const seconds = wait ?? (follow ? 10 : 1);
  // Not for the other commands, which have no use for the SDK's client.
  const [{ sqsClient }, { outboundAgents }, { sqsTap }] = await Promise.all([
    import("../queue/sqs/sqs-client.ts"),
    import("../queue/sqs/outbound-agents.ts"),
    import("../tail/sqs-tap.ts"),
  ]);
  const maxSockets = 8;
  const access = { ...location, requestTimeout: patience, maxSockets };
  const client = sqsClient(access, outboundAgents(access, { keepAlive: true, maxSockets }));
  try {
    const end = await tailQueue({
      tap: sqsTap(client, location.queueUrl, visibilityTimeout),
      print: printer(json === true || !process.stdout.isTTY ? messageLine : messageText),
      clock: systemClock,
      pause: (milliseconds, signal) => after(milliseconds, undefined, { signal }).catch(() => {}),
      signal: interruption(),
      follow,
      remove: remove === true,
      count: count ?? Number.POSITIVE_INFINITY,
      wait: seconds,
    });
    if (end !== "done") fail(warnings[end]);
  } catch (error) {
    const hint =
      values.queueUrl === undefined ? " (the embedded queue of `postern serve`: is it running?)" : "";
    fail(`${reasonOf(error)}${hint}`);
  } finally {
    client.destroy();
  }
}

function locate({ queueUrl, embeddedPort }: Values<typeof settings>) {
  if (queueUrl !== undefined) return { queueUrl };
  if (embeddedPort !== 0) return embeddedLocation(embeddedPort);
  throw new ConfigurationError(
    "--embedded-port: expected the port that `postern serve` picked, as it says when it is ready, got 0",
  );
}

/** A second signal ends the process at once; SQS then gives back what it held. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

function printer(line: (body: string) => string): (bodies: readonly string[]) => Promise<boolean> {
  const write = standardOutput();
  return (bodies) => write(bodies.map((body) => `${line(body)}\n`).join(""));
}
