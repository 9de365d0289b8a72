import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WaitingMessages } from "../../../../lib/queue/spool/disk/waiting-messages.ts";
import { ForwardingReader } from "../../../../lib/queue/spool/forwarding/forwarding-reader.ts";
import { heldMost } from "../../../../lib/queue/spool/forwarding/parked-groups.ts";
import type { SpooledMessage } from "../../../../lib/queue/spool/spooled-message.ts";
import { spooled } from "../spooled.ts";

/** Waiting messages, of each group by itself as well, so that many of them are found fast. */
class Disk implements WaitingMessages {
  readonly all: SpooledMessage[] = [];
  readonly #groups = new Map<string, SpooledMessage[]>();

  add(group: string): SpooledMessage {
    const message = spooled(this.all.length + 1, group);
    this.all.push(message);
    const messages = this.#groups.get(group);
    if (messages === undefined) this.#groups.set(group, [message]);
    else messages.push(message);
    return message;
  }

  page(after: number, { messages }: { readonly messages: number }) {
    return this.all.slice(after, after + messages);
  }

  pageOf(group: string, first: number, last: number, most: number) {
    const messages = this.#groups.get(group) ?? [];
    return messages.filter(({ sequence }) => sequence >= first && sequence <= last).slice(0, most);
  }
}

const limit = { messages: 5, bytes: 1_000 };

/** All that the reader gives, until it has no more: what it has given leaves the window, the first of each group first. */
function drain(reader: ForwardingReader, given: SpooledMessage[]): readonly SpooledMessage[] {
  const left: SpooledMessage[] = [];
  let window = given;
  do {
    for (const messages of reader.groups(() => true)) window.push(...messages);
    window.push(...reader.page(limit));
    for (const message of window) reader.left(message);
    left.push(...window);
    window = [];
  } while (reader.hasPage || reader.hasGroups);
  return left;
}

const groups = fc.constantFrom("A", "B", "C", "D");
const steps = fc.array(
  fc.oneof(
    fc.record({ step: fc.constant("store" as const), groups: fc.array(groups, { minLength: 1 }) }),
    fc.record({ step: fc.constant("arrive" as const), groups: fc.array(groups, { minLength: 1 }) }),
    fc.record({ step: fc.constant("read" as const) }),
    fc.record({ step: fc.constant("leave" as const), most: fc.nat(20) }),
  ),
  { maxLength: 60 },
);

describe("ForwardingReader", () => {
  it.each([false, true])("gives each message once, those of a group in their order (FIFO: %s)", (fifo) => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const disk = new Disk();
        const reader = new ForwardingReader(disk, { fifo });
        const given: SpooledMessage[] = [];
        let window: SpooledMessage[] = [];
        const take = (messages: readonly SpooledMessage[]) => {
          given.push(...messages);
          window.push(...messages);
          if (!fifo) return;
          const counts = Map.groupBy(window, ({ callsign }) => callsign);
          for (const held of counts.values()) expect(held.length).toBeLessThanOrEqual(heldMost);
        };
        for (const step of sequence) {
          if (step.step === "store") {
            for (const group of step.groups) disk.add(group);
            reader.wake();
          } else if (step.step === "arrive") {
            take(
              reader.arrived(
                step.groups.map((group) => disk.add(group)),
                true,
              ),
            );
          } else if (step.step === "read") {
            for (const messages of reader.groups(() => true)) take(messages);
            take(reader.page(limit));
          } else {
            for (const message of window.slice(0, step.most)) reader.left(message);
            window = window.slice(step.most);
          }
        }
        for (const message of window) reader.left(message);
        given.push(...drain(reader, []));
        for (const [group, messages] of Map.groupBy(disk.all, ({ callsign }) => callsign)) {
          expect(given.filter(({ callsign }) => callsign === group)).toEqual(messages);
        }
        expect(given).toHaveLength(disk.all.length);
      }),
    );
  });

  it("passes over those of a group that are no longer there", () => {
    const disk = new Disk();
    for (let message = 0; message < 20; message += 1) disk.add("A");
    const gone = (messages: readonly SpooledMessage[]) =>
      messages.filter(({ sequence }) => sequence <= 4 || sequence > 15);
    const reader = new ForwardingReader(
      {
        page: (after, most) => disk.page(after, most),
        pageOf: (group, first, last) => gone(disk.pageOf(group, first, last, 20)).slice(0, heldMost),
      },
      { fifo: true },
    );
    const window = [...reader.page({ messages: 100, bytes: 1 })];
    expect(drain(reader, window).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 16, 17, 18, 19, 20]);
  });

  it("looks for those of a group no further than it has passed over some, and in turns for those of many", () => {
    const disk = new Disk();
    const names = Array.from({ length: 30 }, (_, index) => `G${index}`);
    for (let round = 0; round <= heldMost; round += 1) for (const name of names) disk.add(name);
    for (let message = 0; message < 8_000; message += 1) disk.add("many");
    for (const name of names.slice(0, 10)) disk.add(name);
    let looked = 0;
    const reader = new ForwardingReader(
      {
        page: (after, most) => disk.page(after, most),
        pageOf(group, first, last, most) {
          expect(first).toBeLessThanOrEqual(last);
          looked += last - first + 1;
          return disk.pageOf(group, first, last, most);
        },
      },
      { fifo: true },
    );
    const given: SpooledMessage[] = [];
    const pass = (messages: readonly SpooledMessage[]) => {
      given.push(...messages);
      for (const message of messages) if (message.callsign !== "many") reader.left(message);
    };
    pass(reader.page({ messages: 100_000, bytes: 1 }));
    for (const messages of reader.groups(() => true)) pass(messages);
    expect(looked).toBeLessThanOrEqual(10_000);
    while (reader.hasGroups) for (const messages of reader.groups(() => true)) pass(messages);
    expect(looked).toBeLessThan(100_000);
    for (const name of names) {
      const messages = disk.all.filter(({ callsign }) => callsign === name);
      expect(given.filter(({ callsign }) => callsign === name)).toEqual(messages);
    }
  });

  it("reads no further than it can remember where groups go on, and goes on when it can", () => {
    const disk = new Disk();
    const names = Array.from({ length: 10_050 }, (_, index) => `G${index}`);
    for (let round = 0; round <= heldMost; round += 1) for (const name of names) disk.add(name);
    disk.add("last");
    const reader = new ForwardingReader(disk, { fifo: true });
    const window = [...reader.page({ messages: 100_000, bytes: 1 })];
    expect(window).toHaveLength(names.length * heldMost);
    expect(reader.hasPage || reader.hasGroups).toBe(false);
    expect(drain(reader, window)).toHaveLength(disk.all.length);
  });
});
