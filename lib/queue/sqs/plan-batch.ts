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
 * its place to smaller ones behind it.
 *
 * Where order counts, a call carries one entry of a group: entries fail one by one, and a second one that is stored
 * while the first must be sent again would have overtaken it.
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
  const seen = new Set<string>();
  let bytes = 0;
  for (const [index, entry] of waiting.entries()) {
    // Thousands may wait, and each call that goes out would look at all of them.
    if (batch.length === limits.entries) return { batch, rest: rest.concat(waiting.slice(index)) };
    const fits = bytes + entry.bytes <= limits.bytes;
    const mustWait = isBlocked !== undefined && (seen.has(entry.group) || isBlocked(entry.group));
    if (fits && !mustWait) {
      batch.push(entry);
      bytes += entry.bytes;
    } else {
      rest.push(entry);
    }
    seen.add(entry.group);
  }
  return { batch, rest };
}
