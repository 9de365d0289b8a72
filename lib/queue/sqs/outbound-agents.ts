import type { Agent as HttpAgent } from "node:http";
import type { Agent as HttpsAgent } from "node:https";
import { OutboundHttpsAgent, type OutboundOptions, outboundAgent } from "../../platform/outbound-agent.ts";
import { serverOf } from "./queue-endpoint.ts";
import type { SqsAccess } from "./sqs-api.ts";

/** What the SDK's HTTP handlers connect by. */
export interface OutboundAgents {
  readonly httpsAgent: HttpsAgent;
  readonly httpAgent?: HttpAgent;
}

/**
 * Connections through the environment's proxy, to a queue and to whatever gives out credentials by HTTPS. A machine's metadata,
 * which is asked by HTTP, is on its own side of any proxy.
 *
 * @throws {ConfigurationError} where the proxy cannot be used
 */
export function outboundAgents(access: SqsAccess, options: OutboundOptions): OutboundAgents {
  const server = serverOf(access);
  const agent = outboundAgent(server, options);
  return agent instanceof OutboundHttpsAgent
    ? { httpsAgent: agent }
    : { httpsAgent: new OutboundHttpsAgent(options), httpAgent: agent };
}
