import { hash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { expect, it } from "vitest";
import { sdkSqs } from "../../../lib/queue/sqs/sdk-sqs.ts";

const access = { region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };

it("takes a new connection once an old one has said nothing", async () => {
  // Those that a gateway on the way has forgotten: what is sent by them gets nowhere, and nobody says so.
  const forgotten = new Set<Socket>();
  const connected = new Set<Socket>();
  const three = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    if (forgotten.has(request.socket)) return;
    connected.add(request.socket);
    if (connected.size === 3) three.resolve();
    let body = "";
    for await (const piece of request) body += piece;
    const [{ Id, MessageBody }] = JSON.parse(body).Entries;
    const Successful = [{ Id, MessageId: "1", MD5OfMessageBody: hash("md5", MessageBody) }];
    await three.promise;
    response.end(JSON.stringify({ Successful, Failed: [] }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const queueUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/1/postern`;
  const sqs = sdkSqs({ queueUrl, requestTimeout: 200, maxSockets: 8, ...access });
  const send = () => sqs.sendMessageBatch({ QueueUrl: queueUrl, Entries: [{ Id: "0", MessageBody: "x" }] });

  await Promise.all([send(), send(), send()]);
  expect(connected.size).toBe(3);
  for (const socket of connected) forgotten.add(socket);
  await expect(send()).rejects.toMatchObject({ name: "TimeoutError" });
  await expect(send()).resolves.toMatchObject({ Successful: [{ Id: "0" }] });

  sqs.destroy();
  server.closeAllConnections();
  server.close();
});
