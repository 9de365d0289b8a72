import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Link, LinkedList } from "../../lib/server/linked-list.ts";

class Item extends Link<Item> {
  readonly number: number;

  constructor(number: number) {
    super();
    this.number = number;
  }
}

describe("LinkedList", () => {
  it("agrees with an array, whatever comes and leaves", () => {
    const step = fc.record({
      act: fc.constantFrom("append", "remove", "removeElsewhere"),
      number: fc.nat(7),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const items = Array.from({ length: 8 }, (_, number) => new Item(number));
        const [list, other] = [new LinkedList<Item>(), new LinkedList<Item>()];
        let expected: Item[] = [];
        for (const { act, number } of steps) {
          const item = items[number] ?? expect.fail();
          if (act === "removeElsewhere") {
            other.remove(item);
          } else if (act === "remove") {
            list.remove(item);
            expected = expected.filter((other) => other !== item);
          } else if (!expected.includes(item)) {
            list.append(item);
            expected.push(item);
          }
          expect(list.items()).toEqual(expected);
          expect([list.size, list.first]).toEqual([expected.length, expected[0]]);
        }
      }),
    );
  });

  it("leaves nothing of the list to what has left it", () => {
    const list = new LinkedList<Item>();
    const [first, middle, last] = [new Item(1), new Item(2), new Item(3)];
    for (const item of [first, middle, last]) list.append(item);
    list.remove(middle);
    expect([middle.list, middle.previous, middle.next]).toEqual([undefined, undefined, undefined]);
  });
});
