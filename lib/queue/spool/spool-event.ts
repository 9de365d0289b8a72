/** What an operator finds a message by. An id may be a client's own, and another's too. */
export interface NamedMessage {
  readonly sequence: number;
  readonly callsign: string;
  readonly id: string;
  readonly type: string;
}

/** What happens in the spool, for logs and metrics. Durations are in milliseconds. */
export type SpoolEvent =
  /** Messages became durable in one commit. */
  | { readonly event: "stored"; readonly messages: number; readonly duration: number }
  /** So many messages had been stored before, and were answered without being stored again. */
  | { readonly event: "repeated"; readonly duplicates: number; readonly conflicts: number }
  /** A commit failed, and none of its messages was acknowledged; or nothing can be stored, now or still. */
  | { readonly event: "storing_failed"; readonly messages: number; readonly reason: string }
  /** Messages can be stored again. */
  | { readonly event: "storing_resumed" }
  /** One call to the queue was answered, or given up. `retried` counts the messages that will be sent again. */
  | {
      readonly event: "sent";
      readonly messages: number;
      readonly stored: number;
      readonly refused: number;
      readonly retried: number;
      readonly duration: number;
    }
  /** Messages failed and will be sent again, the first of them for the reason, which says nothing of all the others. */
  | ({
      readonly event: "sending_failed";
      readonly messages: number;
      /** How often it has been sent. */
      readonly tries: number;
      readonly reason: string;
    } & NamedMessage)
  /** The queue will never take this message; it is kept for the operator. */
  | ({ readonly event: "set_aside"; readonly reason: string } & NamedMessage)
  /** Nothing is sent for a while. */
  | { readonly event: "forwarding_paused"; readonly reason: string; readonly duration: number }
  /** The queue takes messages again. */
  | { readonly event: "forwarding_resumed" }
  /** This machine's clock is ahead of the queue's by so much at least, or behind where it is below 0; 0 once it may be right again. */
  | { readonly event: "clock_differs"; readonly milliseconds: number }
  /** The file system writes nothing in place, and cannot be kept from that: where it is full the system may kill the program. */
  | { readonly event: "copied_on_write"; readonly reason: string }
  /** The spool cannot go on in this process. Everything acknowledged is on disk. */
  | { readonly event: "failed"; readonly reason: string };

/** Must not throw, and returns at once: it is called amid the spool's work. */
export type SpoolObserver = (event: SpoolEvent) => void;
