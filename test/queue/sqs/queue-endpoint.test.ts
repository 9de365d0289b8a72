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
    ["http://127.0.0.1:4566/000000000000/postern", undefined],
  ])("of %s is %s", (queueUrl, region) => {
    expect(regionOf(queueUrl)).toBe(region);
  });
});
