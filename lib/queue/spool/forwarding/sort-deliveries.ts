import type { Delivery } from "./carrier.ts";
import type { Candidate } from "./forwarding-window.ts";

/** What one call came to. */
export interface CallResult {
  readonly stored: readonly Candidate[];
  readonly refused: readonly { readonly candidate: Candidate; readonly reason: string }[];
  /** Neither on the queue for certain, nor refused by it. */
  readonly failed: readonly Candidate[];
  /** Of one that failed; empty when none did. */
  readonly reason: string;
  /** Whether the queue, or a permission, has to be mended first. */
  readonly unavailable: boolean;
  /** Whether a message may have been at fault for those that failed: not where the queue only wants them later. */
  readonly mayBeForOne: boolean;
}

/** A message that the answer does not name may or may not be stored. */
const unnamed: Delivery = {
  outcome: "unknown",
  error: { message: "the queue's answer does not name the message" },
};

/** @param deliveries one for each candidate, in their order */
export function sortDeliveries(
  candidates: readonly Candidate[],
  deliveries: readonly Delivery[],
): CallResult {
  const stored: Candidate[] = [];
  const refused: { candidate: Candidate; reason: string }[] = [];
  const failed: Candidate[] = [];
  let reason = "";
  let unavailable = false;
  let mayBeForOne = false;
  for (const [index, candidate] of candidates.entries()) {
    const delivery = deliveries[index] ?? unnamed;
    switch (delivery.outcome) {
      case "stored":
        stored.push(candidate);
        break;
      case "refused":
        refused.push({ candidate, reason: delivery.error.message });
        break;
      default:
        failed.push(candidate);
        if (!unavailable) reason = delivery.error.message;
        mayBeForOne ||= delivery.outcome !== "retry";
        unavailable ||= delivery.outcome === "unavailable";
    }
  }
  return { stored, refused, failed, reason, unavailable, mayBeForOne };
}
