import { globSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { describe, expect, it } from "vitest";

const root = new URL("../", import.meta.url);

/** What each folder of `lib` imports of the others. Downwards only: a row names none but rows above it. */
const downwards: Record<string, readonly string[]> = {
  platform: [],
  message: [],
  queue: ["platform", "message"],
  application: ["message", "queue"],
  actions: ["message", "queue", "application"],
  consumer: ["message"],
  server: ["platform", "message", "application"],
  scgi: ["application", "server"],
  http: ["platform", "application", "server"],
  lambda: ["message", "queue", "application", "actions"],
  tail: ["message", "queue"],
  // Of the queue only when to try again.
  client: ["platform", "message", "queue"],
  program: ["platform", "message", "queue", "application", "actions", "server", "scgi", "http"],
  cli: ["platform", "message", "queue", "tail", "client", "program"],
};

/** Every file of `lib` with those that it imports, types too. */
const imports = new Map(
  globSync("lib/**/*.ts", { cwd: root }).map((file) => {
    const source = readFileSync(new URL(file, root), "utf8");
    const relative = [...source.matchAll(/\b(?:from|import\(?)\s*"(\.[^"]+)"/g)];
    return [file, relative.map(([, path = ""]) => posix.join(posix.dirname(file), path))] as const;
  }),
);

const folders = Object.keys(downwards);

/** `lib/queue/spool/spool.ts` is of `queue`; what is outside of `lib` is of nothing. */
function folderOf(file: string): string | undefined {
  return /^lib\/([^/]+)\//.exec(file)?.[1];
}

/**
 * The first way by imports that leads back to a file on it; undefined where none does.
 *
 * @param left files from which none does, to be added to
 */
function cycleThrough(
  file: string,
  way: readonly string[] = [],
  left = new Set<string>(),
): string[] | undefined {
  if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
  if (left.has(file)) return undefined;
  for (const imported of imports.get(file) ?? []) {
    const cycle = cycleThrough(imported, [...way, file], left);
    if (cycle !== undefined) return cycle;
  }
  left.add(file);
  return undefined;
}

describe("the imports of lib", () => {
  it("are laid down for every folder, downwards", () => {
    expect(folders.toSorted()).toEqual([...new Set([...imports.keys()].map(folderOf))].toSorted());
    for (const [row, folder] of folders.entries()) {
      expect(folders.slice(0, row)).toEqual(expect.arrayContaining([...(downwards[folder] ?? [])]));
    }
  });

  it.each(folders)("are, from %s, of the folders laid down for it, and of each of them", (folder) => {
    const outward = [...imports]
      .filter(([file]) => folderOf(file) === folder)
      .flatMap(([file, imported]) => imported.map((to) => ({ file, to, folder: folderOf(to) })))
      .filter((one) => one.folder !== folder);
    const allowed = downwards[folder] ?? [];
    expect(outward.filter((one) => !allowed.includes(one.folder ?? ""))).toEqual([]);
    expect([...new Set(outward.map((one) => one.folder))].toSorted()).toEqual(allowed.toSorted());
  });

  it("bring undici with them nowhere, as those of Node's HTTP do where they are not of types", () => {
    const importing = [...imports.keys()].filter((file) =>
      /^import (?!type\b)[^;]*"node:https?"/m.test(readFileSync(new URL(file, root), "utf8")),
    );
    expect(importing).toEqual([]);
  });

  it("go round in no cycle", () => {
    const left = new Set<string>();
    for (const file of imports.keys()) expect(cycleThrough(file, [], left)).toBeUndefined();
  });
});
