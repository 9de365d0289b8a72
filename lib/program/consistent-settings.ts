import { ConfigurationError } from "./read-settings.ts";
import type { ServeSettings } from "./serve-settings.ts";

/**
 * Refuses settings that are well each by itself and of no use together.
 *
 * @throws {ConfigurationError} with a line for each reason
 */
export function requireConsistency(settings: ServeSettings): void {
  const { http, scgi, maxBody, maxInFlight } = settings;
  const problems: string[] = [];
  if (http === undefined && scgi.every((listen) => listen === undefined)) {
    problems.push("--http and --scgi are both off: there would be no way in");
  }
  // A body that is let in must fit, also beside what it is once decompressed and beside the reserve for small ones, or its
  // client would try for ever.
  if (maxInFlight < 3 * maxBody) {
    problems.push(
      `--max-in-flight: expected at least three times --max-body, ${3 * maxBody} bytes, got ${maxInFlight}`,
    );
  }
  if (problems.length > 0) throw new ConfigurationError(problems.join("\n"));
}
