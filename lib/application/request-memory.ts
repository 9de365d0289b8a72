import type { Problem } from "./problem.ts";
import { retryLater } from "./retry-later.ts";

/** The memory that one request may hold. Whoever lends it has it back when the request has come to its end. */
export interface RequestMemory {
  /**
   * Counts further bytes that the request holds from now on.
   *
   * @returns false when there is no room for them: then none is counted, and the answer is `tooMuchInFlight`
   */
  hold(bytes: number): boolean;
}

/** Where one request comes after the other, as to a Lambda function: the limit of a body bounds them all. */
export const unlimitedMemory: RequestMemory = { hold: () => true };

/** Seconds by which those that fill the memory have had most of their time. */
const untilRoom = 5;

/** What all requests in flight hold together is more than may be held. */
export function tooMuchInFlight(): Problem {
  const detail = (inSeconds: string) =>
    `The bodies of other requests leave no room for this one; send it again ${inSeconds}.`;
  return retryLater("too_much_in_flight", untilRoom, detail);
}
