import { actions } from "../../lib/actions/actions.ts";
import { InsertApplication } from "../../lib/application/insert-application.ts";
import type { Clock } from "../../lib/message/clock.ts";
import type { Push, PushResult, Queue } from "../../lib/queue/queue.ts";
import { QueueError } from "../../lib/queue/queue-error.ts";
import { maxBody, maxMessages } from "./contract-requests.ts";

/** An application whose queue writes down what it is given, and what becomes of it goes by its content alone. */
export class RecordingApplication extends InsertApplication {
  readonly #pushed: Push[];

  constructor(clock: Clock) {
    const pushed: Push[] = [];
    super({ queue: moodyQueue(pushed), actions, clock, maxBody, maxMessages });
    this.#pushed = pushed;
  }

  /** What came since this was last asked. */
  taken(): readonly Push[] {
    return this.#pushed.splice(0);
  }
}

function moodyQueue(pushed: Push[]): Queue {
  return {
    async push(message, _deadline, contentId = message.id) {
      pushed.push({ message, contentId });
      const result = outcomeOf(contentId);
      if (result.outcome === "failed") throw result.error;
      return result;
    },
    async pushMany(pushes) {
      pushed.push(...pushes);
      return pushes.map(({ contentId }) => outcomeOf(contentId));
    },
    refusal: ({ id }) => (id.endsWith("3") ? new QueueError("too_large", "at most 1024 bytes") : undefined),
    close: async () => {},
  };
}

/** Of one message in two something that is not just `accepted`, so that requests with some have a mixture. */
function outcomeOf(contentId: string): PushResult {
  const result = outcomes.get(contentId.at(-1) ?? "");
  return result ?? { outcome: "accepted" };
}

const outcomes: ReadonlyMap<string, PushResult> = new Map([
  ["0", { outcome: "duplicate", time_created: 1_295_103_600, time_uploaded: 1_295_103_605 }],
  ["1", failed(new QueueError("timeout", "no answer", { retryable: true }))],
  ["2", failed(new QueueError("unavailable", "the disk is full", { retryable: true }))],
  ["3", failed(new QueueError("unavailable", "no permission", { sqsCode: "AccessDenied" }))],
  ["4", failed(new QueueError("refused", "it has no such character", { sqsCode: "InvalidMessageContents" }))],
  ["5", failed(new QueueError("conflict", "another was stored under this key"))],
  ["6", failed(new QueueError("too_large", "at most 1024 bytes"))],
]);

function failed(error: QueueError): PushResult {
  return { outcome: "failed", error };
}
