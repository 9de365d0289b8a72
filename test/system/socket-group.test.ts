import { execFile } from "node:child_process";
import { chmod, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { anyCredentials, spawnPostern } from "../support/postern-process.ts";

const isRoot = process.getuid?.() === 0;
const missing = isRoot ? "" : " (left out: only root may be anybody else)";

/** Numbers of Debian's groups `www-data` and `nogroup`. */
const webServers = 33;
const others = 65_534;

/** In Perl, which every Debian has where everybody can run it; this Node may lie in a folder that is root's alone. */
const connect = 'use IO::Socket::UNIX; IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "$!\\n"';

/** Connects as a user who is in one group only. */
const connectAs = (group: number, path: string) =>
  promisify(execFile)("setpriv", [
    ...["--reuid", "65534", "--regid", String(group), "--clear-groups"],
    ...["perl", "-e", connect, path],
  ]);

const embedded = ["--embedded-port", "0"];
const noSpool = ["--spool", "off"];
/** Not asked before the first message, with a spool. */
const elsewhere = ["--queue-url", "http://127.0.0.1:1/000000000000/postern"];

/** Whoever makes the folder of the socket first: the embedded queue, the spool, or the listener. */
it.skipIf(!isRoot).each([
  { name: "at a path of its own", socket: "run/scgi.sock", args: embedded },
  { name: "where it is by default", socket: ".postern/scgi.sock", args: embedded },
  { name: "by default, without a spool", socket: ".postern/scgi.sock", args: [...embedded, ...noSpool] },
  { name: "by default, with a queue elsewhere", socket: ".postern/scgi.sock", args: elsewhere },
])(`the socket is for its group and for nobody else, $name${missing}`, async ({ socket, args }) => {
  const directory = await mkdtemp(join(tmpdir(), "postern-"));
  await chmod(directory, 0o755);
  const path = join(directory, socket);
  const where = socket.startsWith(".postern/") ? [] : ["--scgi", `unix:${path}`];
  const postern = await spawnPostern({
    args: ["serve", ...where, "--socket-group", "www-data", "--http", "off", ...args],
    env: anyCredentials,
    directory,
  });
  try {
    await postern.ready;
    for (const beside of await readdir(join(directory, ".postern")).catch(() => [])) {
      if (beside === "scgi.sock") continue;
      expect((await stat(join(directory, ".postern", beside))).mode & 0o777).toBe(0o700);
    }
    const { gid, mode } = await stat(path);
    expect({ gid, mode: mode & 0o777 }).toEqual({ gid: webServers, mode: 0o660 });
    await connectAs(webServers, path);
    await expect(connectAs(others, path)).rejects.toMatchObject({
      stderr: expect.stringContaining("Permission denied"),
    });
  } finally {
    await postern.remove();
    await rm(directory, { recursive: true, force: true });
  }
});
