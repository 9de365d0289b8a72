import { Problem } from "./problem.ts";

/** In the same words whoever sees it first: a door by what is announced, the core by what comes, or comes out. */
export function bodyTooLarge(maxBody: number): Problem {
  return new Problem("body_too_large", `The body may have at most ${maxBody} bytes, decompressed.`);
}
