/** What the planner must know of what it packs. */
export interface Plannable {
  readonly group: string;
  readonly bytes: number;
}

export interface BatchLimits {
  readonly entries: number;
  /** In all, as SQS counts them. */
  readonly bytes: number;
}

/** What one `SendMessageBatch` may carry. */
export const sqsBatchLimits: BatchLimits = { entries: 10, bytes: 1_048_576 };

/**
 * Picks what the next call carries: in order, as much as fits. An entry too large for what is left of a call leaves
 * its place to smaller ones behind it, but, where order counts, never to one of its own group.
 *
 * An entry over `limits.bytes` by itself is never picked: its caller must have refused it.
 *
 * @param isBlocked whether a group must wait, because an earlier entry of it is under way; never on a standard queue
 * @returns `batch` in order, and `rest`, what is left of `waiting`, in order
 */
export function planBatch<Entry extends Plannable>(
  waiting: readonly Entry[],
  limits: BatchLimits,
  isBlocked?: (group: string) => boolean,
): { readonly batch: readonly Entry[]; readonly rest: Entry[] } {
  const batch: Entry[] = [];
  const rest: Entry[] = [];
  const passedOver = new Set<string>();
  let bytes = 0;
  for (const entry of waiting) {
    const fits = batch.length < limits.entries && bytes + entry.bytes <= limits.bytes;
    const mustWait = isBlocked !== undefined && (passedOver.has(entry.group) || isBlocked(entry.group));
    if (fits && !mustWait) {
      batch.push(entry);
      bytes += entry.bytes;
    } else {
      rest.push(entry);
      passedOver.add(entry.group);
    }
  }
  return { batch, rest };
}
