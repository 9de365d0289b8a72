import { systemClock } from "../../message/clock.ts";
import { openSpool } from "../../queue/spool/open-spool.ts";
import { spoolLog } from "../logs/spool-log.ts";
import type { OpenedQueue, OpenQueueOptions } from "./opened-queue.ts";
import { spoolHealth } from "./queue-health.ts";
import { memoryWarnings, warnOfQueue } from "./queue-warnings.ts";

/**
 * The queue behind a spool. An outage is what that is for: the program also starts during one.
 *
 * @throws {Error} with one line for the operator
 */
export async function openSpooledQueue(directory: string, options: OpenQueueOptions): Promise<OpenedQueue> {
  const { settings, location, log, metrics, resources, timeToClose, onFailure } = options;
  const tell = spoolLog(log, systemClock);
  let hasAnswered = true;
  let hasTaken = false;
  const { spool, asked, limits } = await openSpool({
    directory,
    limit: settings.spoolLimit,
    remember: { time: settings.remember, limit: settings.remember === 0 ? 0 : settings.rememberLimit },
    queue: location,
    observe(event) {
      metrics.spool(event);
      tell(event);
      if (event.event === "sent" && event.stored > 0) hasTaken = true;
      if (event.event === "failed") onFailure();
    },
    onLimits(limits) {
      if (!hasAnswered) warnOfQueue({ answered: true, limits }, location.queueUrl, log);
      hasAnswered = true;
    },
  });
  resources.defer(() => spool.close(timeToClose()));
  warnOfQueue(asked, location.queueUrl, log);
  for (const warning of memoryWarnings(asked.limits.fifo, settings)) log.warn(warning);
  hasAnswered = asked.answered;
  const state = () => {
    const known = spool.state();
    // Nothing else would tell before a message fails, and a wrong URL is to be seen before that.
    if (hasTaken || limits.silence === null) return known;
    void limits.refresh();
    return { ...known, forwardingError: known.forwardingError ?? limits.silence };
  };
  metrics.watchSpool(state, settings.spoolLimit);
  return { queue: spool, health: () => spoolHealth(state()) };
}
