import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Ballast } from "../../../../lib/queue/spool/disk/ballast.ts";
import { SpoolRoom } from "../../../../lib/queue/spool/disk/spool-room.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

const sqliteError = (errcode: number) => Object.assign(new Error("from SQLite"), { errcode });

function roomOf(directory: string, freeBytes: number) {
  let checkpoints = 0;
  const store = {
    freeBytes: () => freeBytes,
    checkpoint() {
      checkpoints += 1;
      throw sqliteError(13);
    },
  };
  const room = new SpoolRoom(store, new Ballast(join(directory, "ballast"), 4_096));
  return { room, checkpoints: () => checkpoints };
}

describe("SpoolRoom", () => {
  it("has room for anything while it has its reserve, and else for what fits into the file with a margin", () => {
    using directory = temporaryDirectory();
    const { room } = roomOf(directory.path, 1_048_576 + 201);
    expect([room.isWhole, room.has(100), room.has(101)]).toEqual([false, true, false]);
    room.restore();
    expect([room.isWhole, room.has(2 ** 40)]).toEqual([true, true]);
  });

  it("gives its reserve up for a full disk, and for nothing else", () => {
    using directory = temporaryDirectory();
    const { room, checkpoints } = roomOf(directory.path, 0);
    room.restore();
    expect(room.explain(sqliteError(5))).toMatch(/^another program keeps .* from SQLite$/);
    expect(room.explain(new Error("defect"))).toBe("the spool cannot be written: Error: defect");
    expect([room.isWhole, checkpoints()]).toEqual([true, 0]);
    expect(room.explain(sqliteError(13))).toBe("the disk of the spool is full");
    expect([room.isWhole, room.has(0), checkpoints()]).toEqual([false, false, 1]);
  });
});
