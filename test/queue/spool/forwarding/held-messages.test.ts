import fc from "fast-check";
import { expect, it } from "vitest";
import { HeldMessages } from "../../../../lib/queue/spool/forwarding/held-messages.ts";
import type { SpooledMessage } from "../../../../lib/queue/spool/spooled-message.ts";
import { spooled } from "../spooled.ts";

const steps = fc.array(fc.tuple(fc.constantFrom("add", "fail", "leave"), fc.constantFrom("A", "B", "C")), {
  maxLength: 100,
});

it("counts all messages and bytes, and what has failed, on a FIFO queue with those behind it", () => {
  fc.assert(
    fc.property(fc.boolean(), steps, (fifo, steps) => {
      const held = new HeldMessages(fifo);
      /** In the order of the line, as only the first of a lane fails or leaves. */
      let line: { readonly message: SpooledMessage; readonly failed: boolean }[] = [];
      for (const [index, [step, callsign]] of steps.entries()) {
        const first = line.findIndex(({ message }) => message.callsign === callsign);
        const message = step === "add" ? spooled(index, callsign, 10 + index) : line[first]?.message;
        if (message === undefined) continue;
        if (step === "add") {
          line.push({ message, failed: false });
          held.add(message);
        } else if (step === "fail") {
          line[first] = { message, failed: true };
          held.failed(message);
        } else {
          line = line.toSpliced(first, 1);
          held.left(message);
        }
        const stuck = new Set(line.filter(({ failed }) => failed).map(({ message }) => message.callsign));
        const isStuck = ({ message, failed }: (typeof line)[0]) =>
          fifo ? stuck.has(message.callsign) : failed;
        const bytes = line.reduce((sum, { message }) => sum + message.bytes, 0);
        expect(held.count).toEqual({ messages: line.length, stuck: line.filter(isStuck).length, bytes });
      }
    }),
  );
});
