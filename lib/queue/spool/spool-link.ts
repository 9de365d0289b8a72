import type { Repeat } from "./disk/duplicate-window.ts";
import type { SpoolObserver } from "./spool-event.ts";
import type { SpoolContents } from "./spool-state.ts";
import type { SpoolableMessage } from "./spooled-message.ts";

/** Whether messages have become durable: all of them but those that are repeats, none of them, or nobody knows. */
export type AppendOutcome =
  | { readonly outcome: "stored"; readonly repeats: readonly Repeat[] }
  | { readonly outcome: "failed" | "unknown"; readonly reason: string };

/** What the holder of the disk tells of the spool. */
export interface SpoolReport {
  readonly contents: SpoolContents;
  /** Why messages do not reach the queue at present; null while they do. */
  readonly forwardingError: string | null;
  /** Why none can be stored at present; null while they can. */
  readonly storingError: string | null;
}

/** The way to whatever holds the disk: in this thread, or in another. */
export interface SpoolLink {
  /** Makes messages durable, after those of the calls before, which it need not wait for. Never rejects. */
  append(messages: readonly SpoolableMessage[]): Promise<AppendOutcome>;
  /**
   * Stops forwarding, syncs and lets go of everything. Never rejects.
   *
   * @param patience milliseconds that calls to the queue which are under way are given
   */
  close(patience: number): Promise<void>;
}

export interface SpoolListener {
  readonly observe: SpoolObserver;
  /** Is told first before the link is there, then after each change. */
  readonly report: (report: SpoolReport) => void;
}
