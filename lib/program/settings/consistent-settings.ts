import { resolve } from "node:path";
import { ConfigurationError } from "../../platform/configuration-error.ts";
import { outboundProxy } from "../../platform/outbound-proxy.ts";
import { reasonOf } from "../../platform/reason-of.ts";
import { serverOf } from "../../queue/sqs/queue-endpoint.ts";
import { socketPathProblem } from "../../server/socket-path.ts";
import { bytesAsWritten } from "./bytes-as-written.ts";
import { groupId } from "./group-id.ts";
import type { ServeSettings } from "./serve-settings.ts";
import { sharedAddresses } from "./shared-addresses.ts";

/**
 * Refuses settings that are well each by itself and of no use together, or on this machine however often they are tried. What
 * may come to be well without them being changed, such as a port that is in use, is found out by using it.
 *
 * @throws {ConfigurationError} with a line for each reason
 */
export async function requireConsistency(settings: ServeSettings): Promise<void> {
  const { http, scgi, maxBody, maxInFlight } = settings;
  const problems = [
    ...(await sharedAddresses(settings)),
    ...socketPathProblems(settings),
    ...(await groupProblems(settings)),
    ...queueProblems(settings),
  ];
  if (http === undefined && scgi.every((listen) => listen === undefined)) {
    problems.push("--http and --scgi are both off: there would be no way in");
  }
  // A body that is let in must fit, also beside what it is once decompressed and beside the reserve for small ones, or its
  // client would try for ever.
  if (maxInFlight < 3 * maxBody) {
    const [body, needed, given] = [maxBody, 3 * maxBody, maxInFlight].map(bytesAsWritten);
    problems.push(
      `--max-body ${body} needs --max-in-flight to be at least three times as much, ${needed}; it is ${given}`,
    );
  }
  if (problems.length > 0) throw new ConfigurationError(problems.join("\n"));
}

function socketPathProblems({ scgi }: ServeSettings): readonly string[] {
  return scgi.flatMap((listen) => {
    const problem = listen?.kind === "unix" ? socketPathProblem(resolve(listen.path)) : undefined;
    return problem === undefined ? [] : [`--scgi: ${problem}`];
  });
}

async function groupProblems({ socketGroup }: ServeSettings): Promise<readonly string[]> {
  try {
    if (socketGroup !== undefined) await groupId(socketGroup);
    return [];
  } catch (error) {
    return [reasonOf(error)];
  }
}

/** What the environment says of the way to the queue. */
function queueProblems({ queueUrl }: ServeSettings): readonly string[] {
  try {
    if (queueUrl !== undefined) outboundProxy(serverOf({ queueUrl }));
    return [];
  } catch (error) {
    return [reasonOf(error)];
  }
}
