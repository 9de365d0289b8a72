import { afterEach, describe, expect, it, vi } from "vitest";
import { configuredEndpoint, regionOf } from "../../../lib/queue/sqs/queue-endpoint.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("configuredEndpoint", () => {
  it("is that of SQS before that of all services, and an empty one is none", () => {
    vi.stubEnv("AWS_ENDPOINT_URL", "");
    vi.stubEnv("AWS_ENDPOINT_URL_SQS", "");
    expect(configuredEndpoint()).toBeUndefined();
    vi.stubEnv("AWS_ENDPOINT_URL", "http://all.example");
    expect(configuredEndpoint()).toBe("http://all.example");
    vi.stubEnv("AWS_ENDPOINT_URL_SQS", "http://sqs.example");
    expect(configuredEndpoint()).toBe("http://sqs.example");
  });

  it.each(["foo", "localhost:4566", "ftp://x"])("names the variable that has %j", (value) => {
    vi.stubEnv("AWS_ENDPOINT_URL_SQS", value);
    expect(configuredEndpoint).toThrow(`AWS_ENDPOINT_URL_SQS must be an http or https URL, got "${value}"`);
  });
});

describe("regionOf", () => {
  it.each([
    ["https://sqs.eu-west-1.amazonaws.com/1/postern", "eu-west-1"],
    ["https://sqs.cn-north-1.amazonaws.com.cn/1/postern", "cn-north-1"],
    ["https://sqs.us-gov-west-1.amazonaws.com/1/postern", "us-gov-west-1"],
    ["https://sqs.eusc-de-east-1.amazonaws.eu/1/postern", "eusc-de-east-1"],
    ["https://sqs.eu-west-1.api.aws/1/postern", "eu-west-1"],
    ["https://sqs-fips.us-east-2.amazonaws.com/1/postern", "us-east-2"],
    ["https://vpce-0a1b2c-3d4e.sqs.us-east-1.vpce.amazonaws.com/1/postern", "us-east-1"],
    ["https://ap-southeast-2.queue.amazonaws.com/1/postern", "ap-southeast-2"],
    ["https://queue.amazonaws.com/1/postern", "us-east-1"],
    ["https://sqs.example.org/1/postern", undefined],
    ["https://queue.example.org/1/postern", undefined],
    ["http://127.0.0.1:4566/000000000000/postern", undefined],
  ])("of %s is %s", (queueUrl, region) => {
    expect(regionOf(queueUrl)).toBe(region);
  });
});
