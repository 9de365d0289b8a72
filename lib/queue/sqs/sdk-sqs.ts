import type { Agent } from "node:http";
import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { http, https } from "../../platform/node-http.ts";
import { isAnswer } from "./classify-error.ts";
import type { SqsAccess, SqsSender } from "./sqs-api.ts";
import { sqsClient } from "./sqs-client.ts";

/**
 * Sends by the SDK's own client. Where a call gets no answer, the connections that are not in use are ended: they are as old,
 * and a gateway on the way that has forgotten one has forgotten all.
 */
export function sdkSqs(access: SqsAccess): SqsSender {
  const options = { keepAlive: true, maxSockets: access.maxSockets };
  const httpAgent = new http.Agent(options);
  const httpsAgent = new https.Agent(options);
  const client = sqsClient(access, { httpAgent, httpsAgent });
  return {
    async sendMessageBatch(request, abortSignal) {
      try {
        return await client.send(
          new SendMessageBatchCommand(request),
          abortSignal === undefined ? {} : { abortSignal },
        );
      } catch (error) {
        if (!isAnswer(error)) for (const agent of [httpAgent, httpsAgent]) endIdle(agent);
        throw error;
      }
    },
    destroy: () => client.destroy(),
  };
}

function endIdle(agent: Agent): void {
  for (const sockets of Object.values(agent.freeSockets))
    for (const socket of sockets ?? []) socket.destroy();
}
