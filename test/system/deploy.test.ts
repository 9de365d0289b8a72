import { execFile } from "node:child_process";
import { access, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCloudFormationEmulator } from "../support/cloudformation-emulator.ts";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);
const region = "eu-west-1";
const credentials = { accessKeyId: "test", secretAccessKey: "test" };

const program = await findProgram("moto_server");
const why = program === undefined ? " (left out: needs moto_server, pip install 'moto[server]')" : "";
if (why !== "") process.stdout.write(`Deploying the stack${why}\n`);

async function findProgram(name: string): Promise<string | undefined> {
  for (const folder of (process.env["PATH"] ?? "").split(":")) {
    const path = join(folder, name);
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}

describe.skipIf(why !== "")(`the stack, deployed to an emulated account${why}`, () => {
  const resources = new AsyncDisposableStack();
  let endpoint: string;
  let packaged: string;
  let client: SQSClient;

  async function osls(...args: readonly string[]): Promise<string> {
    const flags = ["--stage", "test", "--region", region];
    const { stdout, stderr } = await run(
      process.execPath,
      ["node_modules/osls/bin/serverless.js", ...args, ...flags],
      {
        cwd: root,
        env: {
          PATH: process.env["PATH"],
          // No profile of whoever runs this.
          HOME: packaged,
          AWS_ENDPOINT_URL: endpoint,
          AWS_ACCESS_KEY_ID: credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
          SLS_NOTIFICATIONS_MODE: "off",
          SLS_TELEMETRY_DISABLED: "1",
        },
      },
    );
    return stdout + stderr;
  }

  beforeAll(async () => {
    packaged = await mkdtemp(join(tmpdir(), "postern-"));
    resources.defer(() => rm(packaged, { recursive: true }));
    const emulator = resources.use(await startCloudFormationEmulator(program ?? ""));
    endpoint = emulator.endpoint;
    client = new SQSClient({ endpoint, region, credentials, useQueueUrlAsEndpoint: false });
    resources.defer(() => client.destroy());
    await run(process.execPath, ["infra/build/functions.ts"], { cwd: root });
    await osls("package", "--package", packaged);
    await osls("deploy", "--package", packaged);
  });
  afterAll(() => resources.disposeAsync());

  /** Asks as anyone: the emulator checks no signature, it only reads from it which service is meant. */
  async function cloudFormation(action: string): Promise<string> {
    const scope = `test/20110115/${region}/cloudformation/aws4_request`;
    const response = await fetch(endpoint, {
      method: "POST",
      headers: { Authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0` },
      body: new URLSearchParams({ Action: action, StackName: "postern-test", Version: "2010-05-15" }),
    });
    return response.text();
  }

  it("is complete, and tagged with its service and stage", async () => {
    const stack = await cloudFormation("DescribeStacks");
    expect(stack).toContain("<StackStatus>UPDATE_COMPLETE</StackStatus>");
    expect(stack).toContain("<Key>service</Key><Value>postern</Value>");
    expect(stack).toContain("<Key>stage</Key><Value>test</Value>");
  });

  it("has a policy by which no deployment puts another queue in the place of one", async () => {
    const policy = await cloudFormation("GetStackPolicy");
    const [, body = ""] = /<StackPolicyBody>(.*)<\/StackPolicyBody>/s.exec(policy) ?? [];
    expect(JSON.parse(body)).toEqual({
      Statement: [
        { Effect: "Allow", Principal: "*", Action: ["Update:*"], Resource: "*" },
        {
          Effect: "Deny",
          Principal: "*",
          Action: ["Update:Replace", "Update:Delete"],
          Resource: ["LogicalResourceId/Queue", "LogicalResourceId/DeadLetterQueue"],
        },
      ],
    });
  });

  // The emulator makes no HTTP API and no alarm.
  it("has every function and both queues", async () => {
    const listed = await cloudFormation("ListStackResources");
    const names = [...listed.matchAll(/<LogicalResourceId>(\w+)</g)].map(([, name]) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        "InfoLambdaFunction",
        "MessageLambdaFunction",
        "MessagesLambdaFunction",
        "DefaultLambdaFunction",
        "Queue",
        "DeadLetterQueue",
      ]),
    );
  });

  it("has a queue that takes messages, keeps them for 14 days and gives up to a dead-letter queue", async () => {
    const { QueueUrls = [] } = await client.send(new ListQueuesCommand({ QueueNamePrefix: "postern-test" }));
    const QueueUrl = QueueUrls.find((url) => url.endsWith("/postern-test")) ?? "";
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "{}", MessageGroupId: "M0ZDR" }));
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
    );
    const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl }));

    expect(Messages?.map(({ Body }) => Body)).toEqual(["{}"]);
    expect(Attributes).toMatchObject({ MessageRetentionPeriod: "1209600", VisibilityTimeout: "60" });
    expect(JSON.parse(Attributes?.["RedrivePolicy"] ?? "{}")).toEqual({
      deadLetterTargetArn: expect.stringMatching(/:postern-test-dead-letters$/),
      maxReceiveCount: 5,
    });
  });

  it("can be deployed again over itself", async () => {
    await osls("package", "--package", packaged);
    expect(await osls("deploy", "--force", "--package", packaged)).toMatch(/postern-test/);
  });

  it("can be removed", async () => {
    await osls("remove");
    expect(await cloudFormation("DescribeStacks")).not.toContain("_COMPLETE</StackStatus>");
  });
});
