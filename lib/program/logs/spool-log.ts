import type { Clock } from "../../message/clock.ts";
import type { SpoolEvent, SpoolObserver } from "../../queue/spool/spool-event.ts";
import { clockLog } from "./clock-log.ts";
import type { Logger } from "./logger.ts";
import { onceAMinute } from "./once-a-minute.ts";
import { Trouble } from "./trouble.ts";

/** Tells the operator what becomes of messages behind the clients' backs. Commits and calls that went well are metrics. */
export function spoolLog(log: Logger, clock: Pick<Clock, "monotonic">): SpoolObserver {
  const mayTellOfFailure = onceAMinute(clock);
  const storing = new Trouble(clock);
  const forwarding = new Trouble(clock);
  const tellOfClock = clockLog(log, clock);
  return (event) => {
    switch (event.event) {
      case "stored":
      case "sent":
        return;
      case "repeated":
        return log.debug(facts(event), "messages that were sent before");
      case "storing_failed":
        if (!storing.goesOn(event.reason)) return;
        return log.error(facts(event), "messages cannot be stored");
      case "storing_resumed":
        if (!storing.hasEnded()) return;
        return log.info("messages can be stored again");
      case "sending_failed":
        if (!mayTellOfFailure()) return;
        return log.warn(facts(event), "the queue did not take a message; it is tried again");
      case "set_aside":
        return log.error(facts(event), "the queue refused a message for good; it is kept");
      case "forwarding_paused":
        if (!forwarding.goesOn(event.reason)) return;
        return log.warn(
          { reason: event.reason, again_in_ms: Math.round(event.duration) },
          "the queue takes no messages; the spool keeps them",
        );
      case "forwarding_resumed":
        if (!forwarding.hasEnded()) return;
        return log.info("the queue takes messages again");
      case "clock_differs":
        return tellOfClock(event.milliseconds);
      case "copied_on_write":
        return log.warn(
          facts(event),
          "the file system of the spool does not write in place: when it is full it may kill the program",
        );
      case "failed":
        return log.fatal(facts(event), "the spool has failed; start the program again");
    }
  };
}

function facts({ event: _, ...rest }: SpoolEvent): object {
  return rest;
}
