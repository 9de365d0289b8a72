import { Logger } from "@aws-lambda-powertools/logger";
import { expect, it, vi } from "vitest";
import { CompactLogFormatter } from "../../lib/lambda/compact-log-formatter.ts";

it("writes what CloudWatch does not know by itself, in less than 300 bytes", () => {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  new Logger({ logFormatter: new CompactLogFormatter() }).info("answered", {
    id: "8e03978e-40d5-43e8-bc93-6894a57f9324",
    status: 200,
  });
  const written = write.mock.calls.map(([chunk]) => String(chunk)).join("");
  write.mockRestore();

  expect(JSON.parse(written)).toEqual({
    level: "INFO",
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/),
    message: "answered",
    id: "8e03978e-40d5-43e8-bc93-6894a57f9324",
    status: 200,
  });
  expect(Buffer.byteLength(written)).toBeLessThan(300);
});
