/** What one commit may have. */
export interface CommitLimits {
  readonly items: number;
  readonly bytes: number;
}

/** Divides items, in their order, among as few commits as their limits allow; one item may exceed the bytes by itself. */
export function sharesOf<Item extends { readonly bytes: number }>(
  items: readonly Item[],
  limits: CommitLimits,
): readonly (readonly Item[])[] {
  const shares: Item[][] = [];
  let share: Item[] = [];
  let bytes = 0;
  for (const item of items) {
    if (share.length === 0 || share.length === limits.items || bytes + item.bytes > limits.bytes) {
      share = [];
      bytes = 0;
      shares.push(share);
    }
    share.push(item);
    bytes += item.bytes;
  }
  return shares;
}
