import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Lifecycle } from "../../lib/server/lifecycle.ts";

describe("Lifecycle", () => {
  it("settles every call and leaves nothing open, in whatever order and however long things take", async () => {
    const call = fc.constantFrom("start" as const, "shutdown" as const);
    await fc.assert(
      fc.asyncProperty(
        fc.array(call, { maxLength: 8 }),
        fc.boolean(),
        fc.scheduler(),
        async (calls, opens, scheduler) => {
          const events: string[] = [];
          const lifecycle = new Lifecycle(
            async () => {
              events.push("opening");
              await scheduler.schedule(Promise.resolve());
              events.push(opens ? "open" : "failed");
              if (!opens) throw new Error("port in use");
            },
            async () => {
              events.push("closing");
              await scheduler.schedule(Promise.resolve());
              events.push("closed");
            },
          );
          const settled: Promise<unknown>[] = [];
          const { done } = await runSequence(scheduler, calls, (name) => {
            settled.push(
              lifecycle[name]().then(
                () => events.push(`${name} resolved`),
                () => events.push(`${name} rejected`),
              ),
            );
          });
          await scheduler.waitFor(Promise.all(settled));

          expect(done).toBe(true);
          expect(events.filter((event) => / (resolved|rejected)$/.test(event))).toHaveLength(calls.length);
          expect(events).not.toContain("shutdown rejected");

          const openedFirst = calls[0] === "start";
          const shut = calls.includes("shutdown");
          const steps = events.filter((event) => !event.includes(" "));
          if (!openedFirst) expect(steps).toEqual([]);
          else if (!opens) expect(steps).toEqual(["opening", "failed"]);
          else expect(steps).toEqual(["opening", "open", ...(shut ? ["closing", "closed"] : [])]);
          if (openedFirst && opens && shut) {
            expect(events.indexOf("shutdown resolved")).toBeGreaterThan(events.indexOf("closed"));
          }
        },
      ),
    );
  });

  it("rejects start, however often, with the reason why it could not open", async () => {
    const reason = new Error("port 80 is in use");
    const lifecycle = new Lifecycle(
      () => Promise.reject(reason),
      () => Promise.reject(new Error("nothing to close")),
    );
    await expect(lifecycle.start()).rejects.toBe(reason);
    await expect(lifecycle.start()).rejects.toBe(reason);
    await expect(lifecycle.shutdown()).resolves.toBeUndefined();
  });
});

/** Makes the calls one after the other, each at a moment of the scheduler's choice. */
function runSequence<Call>(
  scheduler: fc.Scheduler,
  calls: readonly Call[],
  make: (call: Call) => void,
): Promise<{ done: boolean }> {
  const { task } = scheduler.scheduleSequence(
    calls.map((call) => ({ label: String(call), builder: async () => make(call) })),
  );
  return scheduler.waitFor(task);
}
