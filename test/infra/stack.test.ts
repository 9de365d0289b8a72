import { beforeAll, describe, expect, it } from "vitest";
import { defaultQueueTimeout } from "../../lib/application/insert-application.ts";
import { problemCodes } from "../../lib/application/problem-codes.ts";
import { requestTimeout } from "../../lib/lambda/function-queue.ts";
import { buildFunctions, packageStack, type Resource, type Template } from "./packaged-stack.ts";

let template: Template;

beforeAll(async () => {
  await buildFunctions();
  template = await packageStack("--param=queueType=fifo", "--stage=prod");
}, 60_000);

function resources(type: string): readonly (readonly [string, Resource["Properties"]])[] {
  return Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([name, { Properties }]) => [name, Properties]);
}

function properties(name: string): Resource["Properties"] {
  return template.Resources[name]?.Properties ?? {};
}

/** Every text anywhere in a value. */
function texts(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}

const functionNames = [
  "InfoLambdaFunction",
  "MessageLambdaFunction",
  "MessagesLambdaFunction",
  "DefaultLambdaFunction",
];

describe("what the functions may do", () => {
  const writeOwnLog = (name: string) => ({
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: { "Fn::GetAtt": [`${name}LogGroup`, "Arn"] },
  });
  const send = {
    Effect: "Allow",
    Action: "sqs:SendMessage",
    Resource: { "Fn::GetAtt": ["Queue", "Arn"] },
  };

  it.each([
    ["Info", [writeOwnLog("Info")]],
    ["Message", [writeOwnLog("Message"), send]],
    ["Messages", [writeOwnLog("Messages"), send]],
    ["Default", [writeOwnLog("Default")]],
  ])("%s: write its own log, and only those that insert send, to the one queue", (name, statements) => {
    const { Policies, ManagedPolicyArns } = properties(`${name}Role`);
    expect(ManagedPolicyArns).toBeUndefined();
    expect(
      (Policies as readonly { PolicyDocument: { Statement: readonly unknown[] } }[]).flatMap(
        ({ PolicyDocument }) => PolicyDocument.Statement,
      ),
    ).toEqual(statements);
    expect(properties(`${name}LambdaFunction`)["Role"]).toEqual({ "Fn::GetAtt": [`${name}Role`, "Arn"] });
  });

  it("is all that anybody may do in this stack", () => {
    expect(
      resources("AWS::IAM::Role")
        .map(([name]) => name)
        .sort(),
    ).toEqual(["DefaultRole", "InfoRole", "MessageRole", "MessagesRole"]);
    expect(resources("AWS::IAM::Policy")).toEqual([]);
    const wildcards = resources("AWS::IAM::Role")
      .flatMap(([, role]) => texts(role))
      .filter((text) => text.includes("*"));
    expect(wildcards).toEqual([]);
  });
});

describe("the queues", () => {
  it.each(["Queue", "DeadLetterQueue"])("%s is encrypted and keeps messages for 14 days", (name) => {
    expect(properties(name)).toMatchObject({
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 86_400,
    });
  });

  it.each(["Queue", "DeadLetterQueue"])("%s outlives the stack", (name) => {
    expect(template.Resources[name]).toMatchObject({
      DeletionPolicy: "RetainExceptOnCreate",
      UpdateReplacePolicy: "Retain",
    });
  });

  it("give up on a message after five tries, into the dead-letter queue", () => {
    expect(properties("Queue")["RedrivePolicy"]).toEqual({
      deadLetterTargetArn: { "Fn::GetAtt": ["DeadLetterQueue", "Arn"] },
      maxReceiveCount: 5,
    });
  });

  it("are closed to other queues' dead letters", () => {
    expect(properties("DeadLetterQueue")["RedriveAllowPolicy"]).toMatchObject({
      redrivePermission: "byQueue",
    });
    expect(texts(properties("DeadLetterQueue")["RedriveAllowPolicy"])).toContain("postern-prod.fifo");
  });

  it("are closed to all who come without TLS, and opened to nobody", () => {
    const arns = ["Queue", "DeadLetterQueue"].map((name) => ({ "Fn::GetAtt": [name, "Arn"] }));
    const policies = resources("AWS::SQS::QueuePolicy").map(([, { PolicyDocument }]) => PolicyDocument);
    expect(policies).toEqual([
      {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Deny",
            Principal: "*",
            Action: "sqs:*",
            Resource: arns,
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      },
    ]);
  });

  it("take one callsign's key for its own alone, where they are FIFO", () => {
    const ifFifo = (value: string) => ({ "Fn::If": ["IsFifo", value, { Ref: "AWS::NoValue" }] });
    expect(properties("Queue")).toMatchObject({
      DeduplicationScope: ifFifo("messageGroup"),
      FifoThroughputLimit: ifFifo("perMessageGroupId"),
    });
  });

  it("are both FIFO by a parameter", () => {
    expect(template.Parameters["QueueType"]?.Default).toBe("fifo");
    for (const name of ["Queue", "DeadLetterQueue"]) {
      const { FifoQueue, QueueName } = properties(name);
      expect(FifoQueue).toEqual({ "Fn::If": ["IsFifo", true, { Ref: "AWS::NoValue" }] });
      expect(texts(QueueName)).toContainEqual(expect.stringMatching(/^postern-prod.*\.fifo$/));
    }
  });
});

/** Milliseconds that a function is left for all but the queue. */
const answerTime = 2_000;

describe("timeouts", () => {
  it("leave each the time to answer for what it calls: SDK, function, API", () => {
    const functions = resources("AWS::Lambda::Function");
    const integrations = resources("AWS::ApiGatewayV2::Integration");
    expect(functions.map(([name]) => name).sort()).toEqual([...functionNames].sort());
    const seconds = functions.map(([, { Timeout }]) => Number(Timeout));
    // Two tries within what the core waits, and the answer within what Lambda leaves.
    expect(defaultQueueTimeout).toBeGreaterThan(2 * requestTimeout);
    expect(Math.min(...seconds) * 1000).toBeGreaterThan(defaultQueueTimeout + answerTime);
    expect(integrations).toHaveLength(4);
    for (const [, { TimeoutInMillis }] of integrations) {
      expect(Number(TimeoutInMillis)).toBeGreaterThan(Math.max(...seconds) * 1000);
    }
  });
});

describe("the API", () => {
  it("routes to the functions so that every path and method is answered", () => {
    const routes = resources("AWS::ApiGatewayV2::Route").map(([, { RouteKey, Target }]) => [
      RouteKey,
      texts(Target).find((text) => text.startsWith("HttpApiIntegration")),
    ]);
    expect(Object.fromEntries(routes)).toEqual({
      "ANY /": "HttpApiIntegrationInfo",
      "POST /message": "HttpApiIntegrationMessage",
      "POST /messages": "HttpApiIntegrationMessages",
      "POST /{path+}": "HttpApiIntegrationMessage",
      $default: "HttpApiIntegrationDefault",
    });
  });

  it("throttles, and logs each access in a log that does not grow for ever", () => {
    const [[, stage] = ["", {}]] = resources("AWS::ApiGatewayV2::Stage");
    expect(stage).toMatchObject({
      DefaultRouteSettings: { ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1000 },
      AccessLogSettings: { DestinationArn: { "Fn::GetAtt": ["HttpApiLogGroup", "Arn"] } },
    });
  });
});

describe("the functions", () => {
  it.each(functionNames)("%s runs on Node 24 and arm64", (name) => {
    expect(properties(name)).toMatchObject({ Runtime: "nodejs24.x", Architectures: ["arm64"] });
  });

  it("know the queue only where they send to it", () => {
    const withQueue = functionNames.filter((name) =>
      texts(properties(name)["Environment"]).includes("Queue"),
    );
    expect(withQueue).toEqual(["MessageLambdaFunction", "MessagesLambdaFunction"]);
  });

  it.each(functionNames)("%s is charged for no log lines but its own", (name) => {
    expect(properties(name)["LoggingConfig"]).toEqual({
      LogFormat: "JSON",
      ApplicationLogLevel: "INFO",
      SystemLogLevel: "WARN",
    });
  });

  it("have logs that do not grow for ever", () => {
    const groups = resources("AWS::Logs::LogGroup");
    expect(groups).toHaveLength(5);
    for (const [, { RetentionInDays }] of groups) expect(RetentionInDays).toBe(30);
  });
});

describe("the operator", () => {
  it.each([
    ["DeadLettersAlarm", "ApproximateNumberOfMessagesVisible", ["DeadLetterQueue", "QueueName"], 0],
    ["OldestMessageAlarm", "ApproximateAgeOfOldestMessage", ["Queue", "QueueName"], 3_600],
  ])("has %s by %s", (name, metric, [queue, attribute], threshold) => {
    expect(properties(name)).toMatchObject({
      MetricName: metric,
      Dimensions: [{ Name: "QueueName", Value: { "Fn::GetAtt": [queue, attribute] } }],
      Threshold: threshold,
      ComparisonOperator: "GreaterThanThreshold",
    });
  });

  it("has an alarm of any answer that the gateway could not give", () => {
    expect(properties("ServerErrorAlarm")).toMatchObject({
      MetricName: "5xx",
      Dimensions: [{ Name: "ApiId", Value: { Ref: "HttpApi" } }],
      Threshold: 0,
    });
  });

  it("has an alarm of each reason for which a function does not store what it could", () => {
    const ofSockets: readonly string[] = ["too_many_connections", "answer_timeout"];
    const reasons = Object.entries(problemCodes)
      .filter(([code, status]) => status >= 500 && !ofSockets.includes(code))
      .map(([code]) => code);
    const [sum, ...metrics] = properties("NotStoredAlarm")["Metrics"] as readonly Readonly<{
      Id: string;
      Expression?: string;
      MetricStat?: { readonly Metric: object };
    }>[];
    expect(metrics.map(({ MetricStat }) => MetricStat?.Metric)).toEqual(
      expect.arrayContaining(
        reasons.map((Value) => ({
          Namespace: "postern-prod",
          MetricName: "Rejected",
          Dimensions: [{ Name: "reason", Value }],
        })),
      ),
    );
    expect(metrics).toHaveLength(reasons.length);
    expect(sum?.Expression).toBe(metrics.map(({ Id }) => `FILL(${Id}, 0)`).join(" + "));
  });

  it("has an alarm of what the API turns away, which only its log tells", () => {
    expect(properties("TooManyRequestsFilter")).toEqual({
      LogGroupName: { Ref: "HttpApiLogGroup" },
      FilterPattern: '{ $.status = "429" }',
      MetricTransformations: [
        { MetricNamespace: "postern-prod", MetricName: "TooManyRequests", MetricValue: "1" },
      ],
    });
    expect(texts(properties("HttpApiStage")["AccessLogSettings"]).join()).toContain(
      '"status":"$context.status"',
    );
    expect(properties("TooManyRequestsAlarm")).toMatchObject({
      Namespace: "postern-prod",
      MetricName: "TooManyRequests",
      Threshold: 0,
    });
  });

  it("is told of dead letters, waiting messages, errors and throttling, by a topic where there is one", () => {
    const alarms = resources("AWS::CloudWatch::Alarm");
    expect(alarms.map(([name]) => name).sort()).toEqual([
      "DeadLettersAlarm",
      "ErrorRateAlarm",
      "NotStoredAlarm",
      "OldestMessageAlarm",
      "ServerErrorAlarm",
      "ThrottlesAlarm",
      "TooManyRequestsAlarm",
    ]);
    for (const [, { AlarmActions, AlarmDescription }] of alarms) {
      expect(AlarmActions).toEqual({
        "Fn::If": ["HasAlarmTopic", [{ Ref: "AlarmTopic" }], { Ref: "AWS::NoValue" }],
      });
      expect(AlarmDescription).toMatch(/\.$/);
    }
  });

  it("has a dashboard whose source is JSON", () => {
    const [body] = texts(properties("Dashboard")["DashboardBody"]);
    expect(JSON.parse(body ?? "")).toMatchObject({ widgets: expect.arrayContaining([expect.anything()]) });
    expect(body).not.toMatch(/undefined/);
  });

  it("learns the endpoint and the queue from the outputs", () => {
    expect(Object.keys(template.Outputs)).toEqual(
      expect.arrayContaining(["Endpoint", "QueueUrl", "QueueArn", "DeadLetterQueueUrl"]),
    );
  });

  it("finds everything by its tags", () => {
    for (const name of functionNames) {
      expect(properties(name)["Tags"]).toEqual([
        { Key: "service", Value: "postern" },
        { Key: "stage", Value: "prod" },
      ]);
    }
  });
});
