import { parentPort } from "node:worker_threads";
import { systemClock } from "../../../message/clock.ts";
import { reasonOf } from "../../../platform/reason-of.ts";
import { Alarm } from "../alarm.ts";
import type { RememberPolicy } from "../disk/duplicate-window.ts";
import type { AskingCarrier } from "../forwarding/carrier.ts";
import type { ForwardingPolicy } from "../forwarding/forwarder.ts";
import { openLocalSpool } from "../local-spool.ts";
import type { SpoolObserver } from "../spool-event.ts";
import type { SpoolLink } from "../spool-link.ts";
import { systemTimers } from "../timers.ts";
import { unpacked } from "./packed-messages.ts";
import type { SpoolReply, SpoolRequest } from "./spool-thread-message.ts";

export interface SpoolThreadOptions {
  readonly directory: string;
  readonly forwarding: ForwardingPolicy;
  readonly remember: RememberPolicy;
  readonly ballastBytes: number;
}

/**
 * Milliseconds that nobody waits for news: each message between the threads wakes the other one, and there are ten
 * calls to the queue for each commit.
 */
const newsDelay = 20;

/** Holds a spool in this worker thread and serves the thread that began it. Never rejects. */
export async function serveSpool(
  options: SpoolThreadOptions,
  openCarrier: (observe: SpoolObserver) => Promise<AskingCarrier>,
): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error("a spool is served from a worker thread only");
  let outbox: SpoolReply[] = [];
  const post = () => {
    if (outbox.length > 0) port.postMessage(outbox);
    outbox = [];
  };
  const posting = new Alarm(systemClock, systemTimers, post);
  const reply = (message: SpoolReply) => {
    const isAwaited = message.reply !== "event" && message.reply !== "report";
    if (isAwaited) queueMicrotask(post);
    else posting.atLatest(systemClock.monotonic() + newsDelay);
    outbox.push(message);
  };
  const observe: SpoolObserver = (event) => reply({ reply: "event", event });
  let carrier: AskingCarrier | undefined;
  let link: SpoolLink;
  try {
    carrier = await openCarrier(observe);
    link = openLocalSpool({
      ...options,
      carrier,
      clock: systemClock,
      timers: systemTimers,
      random: Math.random,
      observe,
      report: (report) => reply({ reply: "report", report }),
    });
    reply({ reply: "opened", queue: carrier.asked });
  } catch (error) {
    carrier?.close();
    reply({ reply: "not_opened", reason: reasonOf(error) });
    return;
  }
  const serve = async (message: SpoolRequest) => {
    if (message.request === "append") {
      reply({ reply: "appended", outcome: await link.append(unpacked(message.messages)) });
    } else if (message.request === "ask") {
      reply({ reply: "asked", queue: await carrier.ask() });
    } else {
      await link.close(message.patience);
      reply({ reply: "closed" });
      post();
      port.close();
    }
  };
  // Node hands on up to a thousand messages in one turn of the event loop, those that come meanwhile included: where there is
  // always one more commit, no call to the queue would get its answer, nor any timer its turn.
  const asked: SpoolRequest[] = [];
  const serveNext = () => {
    const message = asked.shift();
    if (message !== undefined) void serve(message);
    if (asked.length > 0) setImmediate(serveNext);
  };
  port.on("message", (message: SpoolRequest) => {
    if (asked.push(message) === 1) setImmediate(serveNext);
  });
}
