/** Why an upload has ended; what has become of the messages is in the ledger. */
export type UploadEnd =
  | { readonly end: "complete" }
  | { readonly end: "interrupted" }
  /** Trying again later may help. */
  | { readonly end: "undelivered"; readonly reason: string }
  /** The gateway takes no such requests: trying again helps once somebody has changed something. */
  | { readonly end: "refused"; readonly reason: string }
  /** The input could not be read to its end; everything before has been sent. */
  | { readonly end: "unreadable"; readonly reason: string }
  /** What has become of messages could not be written down, so no more are sent. */
  | { readonly end: "unrecorded"; readonly reason: string };
