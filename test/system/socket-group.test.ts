import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { spawnPostern } from "../support/postern-process.ts";

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

it.skipIf(!isRoot)(`the socket is for its group and for nobody else${missing}`, async () => {
  const directory = await mkdtemp(join(tmpdir(), "postern-"));
  await chmod(directory, 0o755);
  const path = join(directory, "scgi.sock");
  const args = ["serve", "--scgi", `unix:${path}`, "--socket-group", "www-data", "--http", "off"];
  const postern = await spawnPostern({ args: [...args, "--embedded-port", "0"] });
  try {
    await postern.ready;
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
