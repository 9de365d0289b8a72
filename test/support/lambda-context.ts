import type { Context } from "aws-lambda";

/** What Lambda tells a function of an invocation. */
export function lambdaContext(remaining = 10_000): Context {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: "postern-dev-message",
    functionVersion: "7",
    invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:postern-dev-message",
    memoryLimitInMB: "256",
    awsRequestId: "8e03978e-40d5-43e8-bc93-6894a57f9324",
    logGroupName: "/aws/lambda/postern-dev-message",
    logStreamName: "2011/01/15/[7]0",
    getRemainingTimeInMillis: () => remaining,
    done() {},
    fail() {},
    succeed() {},
  };
}
