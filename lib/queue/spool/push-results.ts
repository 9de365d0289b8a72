import { failed, type PushOutcome, type PushResult } from "../queue.ts";
import { QueueError } from "../queue-error.ts";
import type { Repeat } from "./disk/duplicate-window.ts";
import type { SpoolableMessage } from "./spooled-message.ts";

/**
 * Of a push of one message.
 *
 * @throws {QueueError} where it failed
 */
export function onlyOutcome([result = noOutcome()]: readonly PushResult[]): PushOutcome {
  if (result.outcome === "failed") throw result.error;
  return result;
}

/** Of a message that is not stored because another, or the same, has been before. */
export function outcomeOf(repeat: Repeat, message: SpoolableMessage | undefined): PushResult {
  if (repeat.repeat === "duplicate") return { outcome: "duplicate", ...repeat.first };
  const reason = `another message of ${message?.callsign} was stored as ${message?.id}`;
  return failed(new QueueError("conflict", reason));
}

/**
 * What became of all that were pushed together, in their order.
 *
 * @param stored of those that were not refused, in their order
 * @param refusals by the place of the message
 */
export function inTheirPlaces(
  stored: readonly PushResult[],
  refusals: ReadonlyMap<number, QueueError>,
): readonly PushResult[] {
  const others = stored.values();
  return Array.from({ length: stored.length + refusals.size }, (_, index) => {
    const refusal = refusals.get(index);
    return refusal === undefined ? (others.next().value ?? noOutcome()) : failed(refusal);
  });
}

/**
 * What became of all whose messages were pushed in two parts, in their order.
 *
 * @param isFirst for each message, whether it is of the first part
 */
export function together(
  isFirst: readonly boolean[],
  first: readonly PushResult[],
  second: readonly PushResult[],
): readonly PushResult[] {
  const [ofFirst, ofSecond] = [first.values(), second.values()];
  return isFirst.map((of) => (of ? ofFirst : ofSecond).next().value ?? noOutcome());
}

/** Never yet seen; whoever has no outcome may be stored. */
function noOutcome(): PushResult {
  return failed(new QueueError("timeout", "the spool told of no outcome", { retryable: true }));
}
