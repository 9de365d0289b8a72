import { actions } from "../../lib/actions/actions.ts";
import { InsertApplication } from "../../lib/application/insert-application.ts";
import type { Clock } from "../../lib/message/clock.ts";
import type { Push, Queue } from "../../lib/queue/queue.ts";
import { maxBody, maxMessages } from "./contract-requests.ts";

/** An application whose queue takes everything, and writes down what. */
export class RecordingApplication extends InsertApplication {
  readonly #pushed: Push[];

  constructor(clock: Clock) {
    const pushed: Push[] = [];
    super({ queue: queueInto(pushed), actions, clock, maxBody, maxMessages });
    this.#pushed = pushed;
  }

  /** What came since this was last asked. */
  taken(): readonly Push[] {
    return this.#pushed.splice(0);
  }
}

function queueInto(pushed: Push[]): Queue {
  return {
    async push(message, _deadline, contentId = message.id) {
      pushed.push({ message, contentId });
      return { outcome: "accepted" };
    },
    async pushMany(pushes) {
      pushed.push(...pushes);
      return pushes.map(() => ({ outcome: "accepted" }));
    },
    refusal: () => undefined,
    close: async () => {},
  };
}
