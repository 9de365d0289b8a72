import { Agent } from "node:http";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { classifyCallError, classifyEntryError, sqsReason } from "../../../lib/queue/sqs/classify-error.ts";

const answered = (name: string, httpStatusCode: number) => ({ name, $metadata: { httpStatusCode } });

describe("classifyCallError", () => {
  it.each([
    ["RequestThrottled", 400, "retry"],
    ["ThrottlingException", 400, "retry"],
    ["KmsThrottled", 400, "retry"],
    ["Unknown", 429, "retry"],
    ["ServiceUnavailable", 503, "retry"],
    ["InternalError", 500, "unknown"],
    ["SyntaxError", 502, "unknown"],
    ["SyntaxError", 200, "unknown"],
    ["InvalidMessageContents", 400, "refused"],
    ["BatchRequestTooLong", 400, "refused"],
    ["AccessDeniedException", 403, "unavailable"],
    ["QueueDoesNotExist", 400, "unavailable"],
    ["KmsDisabled", 400, "unavailable"],
    ["ExpiredTokenException", 403, "unavailable"],
    ["SomethingNew", 400, "unavailable"],
    ["Unknown", 302, "unavailable"],
  ] as const)("takes an answer of %s with status %i for %s", (name, status, failure) => {
    expect(classifyCallError(answered(name, status))).toBe(failure);
  });

  it.each([
    [{ code: "ECONNREFUSED", syscall: "connect" }, "retry"],
    [{ code: "ENOTFOUND", syscall: "getaddrinfo" }, "retry"],
    [{ code: "ETIMEDOUT", syscall: "connect", name: "TimeoutError" }, "retry"],
    [{ code: "ETIMEDOUT", syscall: "read", name: "TimeoutError" }, "unknown"],
    [{ code: "ETIMEDOUT", name: "TimeoutError" }, "unknown"],
    [{ code: "ECONNRESET", syscall: "read", name: "TimeoutError" }, "unknown"],
    [{ code: "EPIPE", syscall: "write" }, "unknown"],
    [{ name: "AbortError" }, "unknown"],
    [{ name: "Error", message: "Invalid MD5 checksum on messages: 1" }, "unknown"],
    [{ code: "CERT_HAS_EXPIRED" }, "unavailable"],
    [{ code: "DEPTH_ZERO_SELF_SIGNED_CERT" }, "unavailable"],
    [{ code: "ERR_PROXY" }, "retry"],
    [{ code: "ERR_PROXY_REFUSED" }, "unavailable"],
    [{ name: "CredentialsProviderError" }, "unavailable"],
    [{ name: "Error", message: "Region is missing" }, "unavailable"],
  ] as const)("takes %j without an answer for %s", (error, failure) => {
    expect(classifyCallError(error)).toBe(failure);
  });

  it("knows the SDK's own connection timeout, after which nothing was sent", async () => {
    // A name that never resolves leaves the socket connecting.
    const httpAgent = new Agent({ lookup: () => {} });
    const client = new SQSClient({
      endpoint: "http://queue.invalid",
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
      requestHandler: { connectionTimeout: 10, httpAgent },
    });
    const command = new SendMessageBatchCommand({ QueueUrl: "http://queue.invalid/0/q", Entries: [] });
    const error = await client.send(command).catch((reason: unknown) => reason);
    client.destroy();
    expect(error).toMatchObject({ name: "TimeoutError" });
    expect(classifyCallError(error)).toBe("retry");
  });
});

describe("classifyEntryError", () => {
  it.each([
    ["InvalidMessageContents", true, "refused"],
    ["SomethingNew", true, "refused"],
    ["SomethingNew", false, "retry"],
    ["InternalError", false, "retry"],
    ["RequestThrottled", true, "retry"],
    ["KmsThrottled", true, "retry"],
    ["KmsAccessDenied", true, "unavailable"],
    ["AccessDenied", true, "unavailable"],
    ["AWS.SimpleQueueService.NonExistentQueue", true, "unavailable"],
  ] as const)("takes %s with SenderFault %s for %s", (code, senderFault, failure) => {
    expect(classifyEntryError(code, senderFault)).toBe(failure);
  });
});

describe("sqsReason", () => {
  it("keeps the first line, and the code where there is no message", () => {
    expect(sqsReason(new Error("aborted\n  Deserialization error: …"))).toBe("aborted");
    expect(sqsReason({ code: "ECONNREFUSED", message: "" })).toBe("ECONNREFUSED");
  });

  it.each([
    ["Region is missing", "Region is missing; set AWS_REGION"],
    [
      "Could not load credentials from any providers",
      "Could not load credentials from any providers; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    ],
    [
      "self-signed certificate in certificate chain; if the root CA is installed locally, try running Node.js with --use-system-ca",
      "self-signed certificate in certificate chain; if it is signed by an authority of your own, set NODE_USE_SYSTEM_CA=1 to trust those that this system trusts, or NODE_EXTRA_CA_CERTS",
    ],
    [
      "unable to get local issuer certificate",
      "unable to get local issuer certificate; if it is signed by an authority of your own, set NODE_USE_SYSTEM_CA=1 to trust those that this system trusts, or NODE_EXTRA_CA_CERTS",
    ],
    ["certificate has expired", "certificate has expired"],
    [
      "@smithy/node-http-handler - [ERROR] a request has exceeded the configured 1000 ms requestTimeout.",
      "no answer within 1000 ms",
    ],
  ])("says of %j what an operator can do, or in plain words what it was", (message, reason) => {
    expect(sqsReason(new Error(message))).toBe(reason);
  });
});
