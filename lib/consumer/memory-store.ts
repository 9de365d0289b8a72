import { type Clock, systemClock } from "../message/clock.ts";
import type { Claim, DeduplicationStore } from "./deduplication-store.ts";

export interface MemoryStoreOptions {
  /** Handled ids that are remembered; beyond, the oldest are forgotten. Default 10,000, minimum 1. */
  readonly limit?: number;
  readonly clock?: Pick<Clock, "now">;
}

/**
 * A store in this process. It knows nothing of other processes, nor, in a Lambda function, of other environments, so it
 * only drops the copies that happen to come the same way.
 *
 * @throws {RangeError} when the limit is none
 */
export function memoryStore({
  limit = 10_000,
  clock = systemClock,
}: MemoryStoreOptions = {}): DeduplicationStore {
  if (!Number.isInteger(limit) || limit < 1) {
    throw new RangeError(`Expected \`limit\` to be a positive integer, got \`${limit}\``);
  }
  /** In the order in which they were handled. */
  const handled = new Set<string>();
  const claims = new Map<string, number>();
  return {
    async claim(id, until): Promise<Claim> {
      if (handled.has(id)) return "handled";
      if ((claims.get(id) ?? Number.NEGATIVE_INFINITY) > clock.now()) return "busy";
      claims.set(id, until);
      return "claimed";
    },
    async commit(id) {
      claims.delete(id);
      handled.delete(id);
      handled.add(id);
      const [oldest] = handled;
      if (handled.size > limit && oldest !== undefined) handled.delete(oldest);
    },
    async release(id) {
      claims.delete(id);
    },
  };
}
