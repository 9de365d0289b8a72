import type { Clock } from "../../message/clock.ts";
import type { Logger } from "./logger.ts";
import { Trouble } from "./trouble.ts";

/**
 * Tells the operator when this machine's clock is wrong: clients' times are corrected by it, so that those of all messages are
 * wrong by as much, and no client can know.
 *
 * @returns to be told by how many milliseconds it is ahead of the queue's, after each answer; 0 where it may be right
 */
export function clockLog(log: Logger, clock: Pick<Clock, "monotonic">): (milliseconds: number) => void {
  const trouble = new Trouble(clock);
  return (milliseconds) => {
    if (milliseconds !== 0) {
      if (!trouble.goesOn("")) return;
      const seconds_ahead = Math.round(milliseconds / 1_000);
      log.warn(
        { seconds_ahead },
        "this machine's clock differs from the queue's, so the times of all messages are wrong",
      );
    } else if (trouble.hasEnded()) {
      log.info("this machine's clock may be right again");
    }
  };
}
