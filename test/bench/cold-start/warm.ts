import { insertFunction } from "../../../lib/lambda/insert-function.ts";
import { httpApiEvent } from "../../support/gateway-events.ts";
import { lambdaContext } from "../../support/lambda-context.ts";
import { benchUpload } from "../bench-message.ts";
import { median } from "../median.ts";
import { bareHandler } from "./bare-handler.ts";

/**
 * Invokes our function and the bare handler in turn, with a queue that takes everything at once, and writes the median
 * microseconds of an invocation of each to stderr: what stdout gets is the function's log, whose writing counts.
 */
const rounds = 60;
const invocations = 200;

const ours = insertFunction(() => ({
  push: () => Promise.resolve({ outcome: "accepted" as const }),
  refusal: () => undefined,
  pushMany: (pushes) => Promise.resolve(pushes.map(() => ({ outcome: "accepted" as const }))),
  close: () => Promise.resolve(),
}));
const bare = bareHandler(() => Promise.resolve());
const context = lambdaContext();
const events = Array.from({ length: invocations }, (_, number) =>
  httpApiEvent({
    method: "POST",
    path: "/message",
    query: "",
    headers: [["content-type", "application/json"]],
    body: Buffer.from(benchUpload(number)),
    client: "2.7.5.8",
  }),
);

async function microseconds(invoke: (event: (typeof events)[number]) => Promise<unknown>): Promise<number> {
  const start = performance.now();
  for (const event of events) await invoke(event);
  return ((performance.now() - start) * 1000) / invocations;
}

const figures = { ours: [] as number[], bare: [] as number[] };
for (let round = 0; round < 2 * rounds; round += 1) {
  const [oursTook, bareTook] = [
    await microseconds((event) => ours(event, context)),
    await microseconds(bare),
  ];
  // The first half is for the compiler.
  if (round < rounds) continue;
  figures.ours.push(oursTook);
  figures.bare.push(bareTook);
}
process.stderr.write(JSON.stringify({ ours: median(figures.ours), bare: median(figures.bare) }));
