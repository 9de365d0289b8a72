import type { Clock } from "../../message/clock.ts";
import { failed, type PushOutcome, type PushResult } from "../queue.ts";
import { QueueError } from "../queue-error.ts";
import { sharesOf } from "./commit-shares.ts";
import { GroupCommit } from "./group-commit.ts";
import { onlyOutcome, outcomeOf } from "./push-results.ts";
import type { SpoolLink } from "./spool-link.ts";
import { type SpoolableMessage, totalBytes } from "./spooled-message.ts";
import type { Timers } from "./timers.ts";

export interface CommitPolicy {
  /** Milliseconds that a push waits for others to share its commit. */
  readonly commitDelay: number;
  /** Pushes that are committed without waiting for more. */
  readonly commitEnough: number;
}

export interface SpoolCommitsOptions {
  readonly policy: CommitPolicy;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly append: SpoolLink["append"];
  /** Is told whenever there was room for messages. */
  readonly onStored: () => void;
}

const accepted = { outcome: "accepted" } as const;

/**
 * What one commit has at most: it blocks those behind it, and must find room in SQLite's log. With twice as many messages V8
 * would take them for such that stay, and collect everything for them: a seventh of all that a large request costs.
 */
const commitMost = { items: 500, bytes: 2_097_152 };
/** Where a commit takes so many milliseconds, V8's part is nothing beside the disk's. */
const slowCommit = 25;
const commitMostIfSlow = { ...commitMost, items: 2_000 };

/** Divides messages, in their order, among as few commits as take them. */
export function commitsOf(messages: readonly SpoolableMessage[]): readonly (readonly SpoolableMessage[])[] {
  return sharesOf(messages, commitMost);
}

/** Makes messages durable: those that come at the same time share commits. */
export class SpoolCommits {
  readonly #options: SpoolCommitsOptions;
  readonly #commit: GroupCommit<SpoolableMessage, PushResult>;

  constructor(options: SpoolCommitsOptions) {
    this.#options = options;
    this.#commit = new GroupCommit({
      write: (messages) => this.#write(messages),
      clock: options.clock,
      timers: options.timers,
      delay: options.policy.commitDelay,
      enough: options.policy.commitEnough,
      most: commitMost,
      mostIfSlow: commitMostIfSlow,
      slow: slowCommit,
    });
  }

  /** Bytes of messages that are on their way to the disk. */
  get bytes(): number {
    return this.#commit.bytes;
  }

  /** Whether the disk took longer for a commit than those who waited for it could wait. */
  get isLate(): boolean {
    return this.#commit.isLate;
  }

  /**
   * Resolves once the message is synced to disk.
   *
   * @param deadline on the monotonic clock, in milliseconds
   * @throws {QueueError} `unavailable` when it is not stored, `timeout` when nobody knows, `conflict` when another message has its id
   */
  store(message: SpoolableMessage, deadline: number): Promise<PushOutcome> {
    return this.#commit.add([message], message.bytes, deadline).then(onlyOutcome);
  }

  /** The same for many, none of which fails for another but with its commit. Never rejects. */
  async storeAll(messages: readonly SpoolableMessage[], deadline: number): Promise<readonly PushResult[]> {
    const commits = commitsOf(messages).map((share) => this.#storeTogether(share, deadline));
    return (await Promise.all(commits)).flat();
  }

  /** Takes no more, and resolves once all that was taken has been answered. */
  close(): Promise<void> {
    return this.#commit.close();
  }

  #storeTogether(messages: readonly SpoolableMessage[], deadline: number): Promise<readonly PushResult[]> {
    return this.#commit.add(messages, totalBytes(messages), deadline).catch((error: QueueError) => {
      const failure = failed(error);
      return Array<PushResult>(messages.length).fill(failure);
    });
  }

  async #write(messages: readonly SpoolableMessage[]): Promise<readonly PushResult[]> {
    const result = await this.#options.append(messages);
    if (result.outcome === "stored") {
      this.#options.onStored();
      const outcomes = Array<PushResult>(messages.length).fill(accepted);
      for (const repeat of result.repeats) outcomes[repeat.index] = outcomeOf(repeat, messages[repeat.index]);
      return outcomes;
    }
    const code = result.outcome === "failed" ? "unavailable" : "timeout";
    throw new QueueError(code, result.reason, { retryable: true });
  }
}
