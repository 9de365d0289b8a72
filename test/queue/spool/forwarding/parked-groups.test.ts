import { expect, it } from "vitest";
import { heldMost, ParkedGroups } from "../../../../lib/queue/spool/forwarding/parked-groups.ts";
import type { SpooledMessage } from "../../../../lib/queue/spool/spooled-message.ts";

/** Groups with a message more than the window holds of each, all of which have left it. */
function wanting(...groups: readonly string[]): ParkedGroups {
  const parked = new ParkedGroups();
  let sequence = 0;
  for (const callsign of groups) {
    const messages = Array.from({ length: heldMost + 1 }, () => {
      sequence += 1;
      return { callsign, sequence } as SpooledMessage;
    });
    const places = messages.map((message) => parked.place(message));
    expect(places).toEqual([...Array(heldMost).fill("window"), "parked"]);
    for (const message of messages.slice(0, heldMost)) parked.left(message);
  }
  return parked;
}

const groupsOf = ({ wanting }: ParkedGroups) => wanting.map(({ group }) => group);

it("puts a group that was searched in vain behind those that have waited for longer", () => {
  const parked = wanting("A", "B", "C");
  expect(groupsOf(parked)).toEqual(["A", "B", "C"]);
  const [first] = parked.wanting;
  if (first !== undefined) parked.readOn(first, 0, first.last);
  expect(groupsOf(parked)).toEqual(["B", "C", "A"]);
});

it("wants no more of a group that has some again, or of which there is no more", () => {
  const parked = wanting("A", "B");
  const [first, second] = parked.wanting;
  if (first !== undefined) parked.readOn(first, 1, first.last);
  expect(groupsOf(parked)).toEqual(["B"]);
  if (second !== undefined) parked.readOn(second, 0, second.last + 1);
  expect(groupsOf(parked)).toEqual([]);
});
