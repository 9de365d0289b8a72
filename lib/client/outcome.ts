/** Why a message or a request was not taken, as the gateway says it (RFC 9457), or as this side has found out. */
export interface ProblemReport {
  readonly status: number;
  readonly detail: string;
  readonly code?: string | undefined;
  readonly field?: string | undefined;
}

/** What is known of a message for good. */
export type Outcome =
  | { readonly outcome: "accepted" }
  | { readonly outcome: "duplicate" }
  | { readonly outcome: "rejected"; readonly problem: ProblemReport };

/** What became of one message of one request. */
export type Result =
  | Outcome
  | {
      readonly outcome: "again";
      readonly problem: ProblemReport;
      /** Whether it may have got through for all that. */
      readonly mayBeStored: boolean;
    };

/** What became of one request. */
export type Verdict =
  /** One result for each of its messages, in their order. */
  | { readonly verdict: "receipt"; readonly results: readonly Result[]; readonly retryAfter: number }
  /** None has an outcome; sending them again may help and is safe. `retryAfter` in milliseconds. */
  | {
      readonly verdict: "again";
      readonly reason: string;
      readonly retryAfter: number;
      /** Whether some may have got through for all that. */
      readonly mayBeStored: boolean;
    }
  /** Fewer of them may go through. */
  | { readonly verdict: "too_large"; readonly problem: ProblemReport }
  /** This gateway takes no such request, whatever is in it. */
  | { readonly verdict: "refused"; readonly reason: string };
