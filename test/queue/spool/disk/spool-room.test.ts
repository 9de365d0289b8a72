import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Ballast } from "../../../../lib/queue/spool/disk/ballast.ts";
import { SpoolRoom } from "../../../../lib/queue/spool/disk/spool-room.ts";
import { quotaUsedUp } from "../../../support/quota-used-up.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";

const sqliteError = (errcode: number) => Object.assign(new Error("from SQLite"), { errcode });

const systemError = (code: string) => Object.assign(new Error(code), { code });

const diskFull = "the disk of the spool is full, or its quota used up";

function roomOf(directory: string, { freeBytes = 0, said = undefined as unknown } = {}) {
  const store = {
    freeBytes: () => freeBytes,
    logBytes: 0,
    checkpoints: 0,
    copies: false,
    confirm: () => {},
    probe: () => {},
    checkpoint() {
      this.checkpoints += 1;
      if (!this.copies) throw sqliteError(13);
    },
  };
  const ballast = new Ballast(join(directory, "ballast"), 4_096);
  const room = new SpoolRoom({ store, ballast, files: { inPlace: true }, trial: () => said });
  return { room, store };
}

describe("SpoolRoom", () => {
  it("has room for anything while it has its reserve, and else for what fits into the file with a margin", () => {
    using directory = temporaryDirectory();
    const { room } = roomOf(directory.path, { freeBytes: 1_048_576 + 201 });
    expect([room.isWhole, room.obstacle(100), room.obstacle(101)]).toEqual([false, null, diskFull]);
    room.restore();
    expect([room.isWhole, room.obstacle(2 ** 40)]).toEqual([true, null]);
  });

  it("gives its reserve up for a full disk, and for nothing else", () => {
    using directory = temporaryDirectory();
    const { room, store } = roomOf(directory.path);
    room.restore();
    expect(room.explain(sqliteError(5))).toMatch(/^another program keeps .* from SQLite$/);
    expect(room.explain(new Error("defect"))).toBe("the spool cannot be written: Error: defect");
    expect([room.isWhole, store.checkpoints]).toEqual([true, 0]);
    expect(room.explain(sqliteError(13))).toBe(diskFull);
    expect([room.isWhole, room.obstacle(0), store.checkpoints]).toEqual([false, diskFull, 1]);
  });

  // SQLITE_IOERR_WRITE; only of ENOSPC SQLite says more.
  it("takes a quota that is used up for a full disk, where SQLite speaks of a disk error", () => {
    using directory = temporaryDirectory();
    const { room } = roomOf(directory.path, { said: quotaUsedUp });
    room.restore();
    expect(room.explain(sqliteError(778))).toBe(diskFull);
    expect(room.isWhole).toBe(false);
  });

  it("says what the system says, where SQLite speaks of a disk error", () => {
    using directory = temporaryDirectory();
    const { room } = roomOf(directory.path, { said: systemError("EROFS") });
    room.restore();
    expect(room.explain(sqliteError(778))).toBe("the spool cannot be written: its file system is read-only");
    expect(room.isWhole).toBe(true);
  });

  it("asks the system once for each try to recover: that writes", () => {
    using directory = temporaryDirectory();
    let trials = 0;
    const trial = () => {
      trials += 1;
    };
    const nothing = () => {};
    const store = { freeBytes: () => 0, logBytes: 0, checkpoint: nothing, confirm: nothing, probe: nothing };
    const ballast = new Ballast(join(directory.path, "ballast"), 4_096);
    const room = new SpoolRoom({ store, ballast, files: { inPlace: true }, trial });
    for (let time = 0; time < 100; time += 1) room.explain(sqliteError(778));
    expect(trials).toBe(1);
    room.restore();
    room.explain(sqliteError(778));
    expect(trials).toBe(2);
  });

  it("says why it has no reserve, where that is not for want of room", () => {
    using directory = temporaryDirectory();
    const { room } = roomOf(directory.path);
    mkdirSync(join(directory.path, "ballast"));
    room.restore();
    expect(room.obstacle(0)).toBe("the spool cannot be written: it is a directory");
  });

  it("turns messages away while a log that has grown too long cannot be copied into the database", () => {
    using directory = temporaryDirectory();
    const { room, store } = roomOf(directory.path, { freeBytes: 2 ** 30 });
    expect([store.checkpoints, room.lookAfter()]).toEqual([0, null]);
    store.logBytes = 2 ** 28;
    expect(room.lookAfter()).toBe(diskFull);
    store.copies = true;
    expect(room.lookAfter()).toBeNull();
  });
});
