import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { systemClock } from "../../lib/message/clock.ts";
import { anyRequest } from "./any-request.ts";
import { comparedHeaders } from "./compared-headers.ts";
import { type ContractDoor, contractDoors } from "./contract-doors.ts";
import { type ContractRequest, now } from "./contract-requests.ts";
import { RecordingApplication } from "./recording-application.ts";

const clock = { now: () => now, monotonic: systemClock.monotonic };

const resources = new AsyncDisposableStack();
const doors = new Map<string, { readonly door: ContractDoor; readonly application: RecordingApplication }>();
beforeAll(async () => {
  for (const [name, open] of Object.entries(contractDoors)) {
    const application = new RecordingApplication(clock);
    const door = await open(application, clock);
    resources.defer(() => door.close());
    doors.set(name, { door, application });
  }
});
afterAll(() => resources.disposeAsync());

/** What gateways do not let the function know. */
const cannotTell: Readonly<Record<string, (request: ContractRequest) => boolean>> = {
  // It hands on only the last of repeated headers, unless it is set to hand on all.
  "load balancer": ({ headers }) => new Set(headers.map(([name]) => name)).size < headers.length,
  // It may have undone the coding itself.
  "REST API": ({ headers, body }) =>
    isText(body) &&
    headers.some(([name, value]) => name === "Content-Encoding" && /^(?:gzip|deflate)$/i.test(value)),
};

const isText = (bytes: Uint8Array) => Buffer.from(Buffer.from(bytes).toString()).equals(bytes);

it("the same request has the same answer through every door", async () => {
  await fc.assert(
    fc.asyncProperty(anyRequest, async (request) => {
      const answers = new Map<string, unknown>();
      for (const [name, { door, application }] of doors) {
        if (cannotTell[name]?.(request)) continue;
        const { status, headers, body } = await door.send(request);
        answers.set(name, { status, headers: comparedHeaders(headers), body, pushed: application.taken() });
      }
      const [[first, expected] = ["", undefined], ...others] = answers;
      for (const [name, answer] of others) expect(answer, `${name} as ${first}`).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});
