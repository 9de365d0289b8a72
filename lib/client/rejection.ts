import type { ProblemReport } from "./outcome.ts";
import type { SplitMessage } from "./split-message.ts";

/** A message that was not taken, and never will be as it is. */
export interface Rejection {
  readonly message: SplitMessage;
  readonly problem: ProblemReport;
}
