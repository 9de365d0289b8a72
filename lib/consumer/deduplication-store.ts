/** What is known of an id when somebody wants to handle its message: it is theirs now, it is done, or another has it. */
export type Claim = "claimed" | "handled" | "busy";

/**
 * Remembers which messages have been handled, by an id that stands for callsign, id, type and data of the message: 64 characters. One
 * that several consumers share, such as a table, makes them handle each message once between them; its `claim` must be one
 * atomic step then.
 */
export interface DeduplicationStore {
  /**
   * @param until when the claim lapses if nothing more is heard of it, in milliseconds since the Unix epoch: its holder
   *   is dead by then
   */
  claim(id: string, until: number): Promise<Claim>;
  /** The message has been handled. Remembered for as long as copies of it may come: SQS keeps them for up to 14 days. */
  commit(id: string): Promise<void>;
  /** The message has not been handled, and may be claimed again at once. */
  release(id: string): Promise<void>;
}
