import { spawnSync } from "node:child_process";
import { chmod, link, lstat, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Listening, listen } from "../../lib/server/listen.ts";
import type { ListenAddress } from "../../lib/server/listen-address.ts";
import { listening } from "../../lib/server/listening.ts";

let directory = "";
let path = "";
const servers: Server[] = [];

/** Containers are often without. */
const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === "::1"),
);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "postern-listen-"));
  path = join(directory, "door.sock");
});

afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await rm(directory, { recursive: true });
});

function server(): Server {
  const made = createServer((socket) => socket.on("error", () => {}).end("here"));
  servers.push(made);
  return made;
}

function open(address: ListenAddress): Promise<Listening> {
  return listen(server(), address);
}

/** What a program that was killed leaves behind: a socket file that nobody listens on. */
async function leaveStaleSocket(): Promise<void> {
  const killed = createServer();
  await listening(killed, { path: join(directory, "killed") });
  await link(join(directory, "killed"), path);
  await new Promise((closed) => killed.close(closed));
}

function answerOf(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => {});
    socket.once("data", (data) => {
      resolve(String(data));
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

describe("listening on a UNIX socket", () => {
  it("says where, and leaves nothing but the socket, in its mode", async () => {
    const { address } = await open({ kind: "unix", path, mode: 0o600 });
    expect(address).toBe(`+unix:${path}`);
    expect(await readdir(directory)).toEqual(["door.sock"]);
    expect((await lstat(path)).mode & 0o7777).toBe(0o600);
    expect(await answerOf(path)).toBe("here");
  });

  it("lets owner and group in by default", async () => {
    await open({ kind: "unix", path });
    expect((await lstat(path)).mode & 0o7777).toBe(0o660);
  });

  it("makes the directory that it is to stand in", async () => {
    path = join(directory, "run", "postern", "door.sock");
    await open({ kind: "unix", path });
    expect(await answerOf(path)).toBe("here");
    // Whoever may connect must get there.
    for (const made of ["run", "run/postern"]) {
      expect((await lstat(join(directory, made))).mode & 0o777).toBe(0o711);
    }
  });

  it.skipIf(process.platform !== "linux")("fails, rather than hangs, where none can be made", async () => {
    await expect(open({ kind: "unix", path: "/proc/postern/run/door.sock" })).rejects.toThrow(
      /^\/proc\/.*ENOENT/,
    );
  });

  it("replaces the socket of a program that was killed", async () => {
    await leaveStaleSocket();
    const { ino } = await lstat(path);
    await open({ kind: "unix", path });
    expect((await lstat(path)).ino).not.toBe(ino);
    expect(await answerOf(path)).toBe("here");
    expect(await readdir(directory)).toEqual(["door.sock"]);
  });

  it("leaves the socket of a program that lives", async () => {
    await open({ kind: "unix", path });
    const { ino } = await lstat(path);
    await expect(open({ kind: "unix", path })).rejects.toThrow(`another program is listening on ${path}`);
    expect((await lstat(path)).ino).toBe(ino);
    expect(await answerOf(path)).toBe("here");
    expect(await readdir(directory)).toEqual(["door.sock"]);
  });

  it("lets exactly one of two have it that find the same stale socket", async () => {
    for (let round = 0; round < 20; round += 1) {
      await leaveStaleSocket();
      const outcomes = await Promise.allSettled([open({ kind: "unix", path }), open({ kind: "unix", path })]);
      const reasons = outcomes.flatMap((outcome) =>
        outcome.status === "rejected" ? [outcome.reason.message] : [],
      );
      expect(reasons).toEqual([`another program is listening on ${path}`]);
      expect(await answerOf(path)).toBe("here");
      expect(await readdir(directory)).toEqual(["door.sock"]);
      await rm(path);
    }
  });

  it.each([
    ["a file", () => writeFile(path, "precious")],
    ["a link", () => symlink("/nonexistent", path)],
  ])("leaves %s alone", async (_, put) => {
    await put();
    await expect(open({ kind: "unix", path })).rejects.toThrow(`${path} is not a socket`);
    expect(await readdir(directory)).toEqual(["door.sock"]);
  });

  it("says when a path is too long, and how long it may be", async () => {
    path = join(directory, "x".repeat(100));
    await expect(open({ kind: "unix", path })).rejects.toThrow(
      /^\S+ is too long for a UNIX socket: at most 107 bytes$/,
    );
  });

  it("says when something on the way is no directory", async () => {
    await writeFile(join(directory, "file"), "");
    await expect(open({ kind: "unix", path: join(directory, "file", "door.sock") })).rejects.toThrow(
      "something on the way is not a directory",
    );
  });

  it("says of a group that it may not be given to, which and why", async () => {
    await chmod(directory, 0o777);
    const module = new URL("../../lib/server/listen.ts", import.meta.url).href;
    const address = { kind: "unix", path, group: { id: 4711, name: "beacons" } };
    const program = `
      const { createServer } = await import("node:net");
      const { listen } = await import(${JSON.stringify(module)});
      if (process.getuid() === 0) {
        process.setgroups([]);
        process.setegid(65534);
        process.seteuid(65534);
      }
      await listen(createServer(), ${JSON.stringify(address)}).catch((error) => console.log(error.message));`;
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      encoding: "utf8",
    });
    expect(stdout).toBe(
      `${path} may not be given to the group beacons of --socket-group: this user is not in it\n`,
    );
    expect(await readdir(directory)).toEqual([]);
  });

  it("takes its own socket away", async () => {
    const { unpublish } = await open({ kind: "unix", path });
    await unpublish();
    expect(await readdir(directory)).toEqual([]);
  });

  it("leaves what has come in the place of its own", async () => {
    const { unpublish } = await open({ kind: "unix", path });
    await rm(path);
    await open({ kind: "unix", path });
    await unpublish();
    expect(await answerOf(path)).toBe("here");
  });
});

describe("listening on a port", () => {
  it("says which one the system picked", async () => {
    expect((await open({ kind: "tcp", host: "127.0.0.1", port: 0 })).address).toMatch(
      /^:\/\/127\.0\.0\.1:[1-9][0-9]+$/,
    );
  });

  it.skipIf(!hasIpv6)("puts an IPv6 address in brackets, where there is one", async () => {
    expect((await open({ kind: "tcp", host: "::1", port: 0 })).address).toMatch(/^:\/\/\[::1\]:[0-9]+$/);
  });

  it("says in one line what is in the way", async () => {
    const { address } = await open({ kind: "tcp", host: "127.0.0.1", port: 0 });
    const port = Number(address.split(":").at(-1));
    await expect(open({ kind: "tcp", host: "127.0.0.1", port })).rejects.toThrow(
      `port ${port} on 127.0.0.1 is in use`,
    );
    await expect(open({ kind: "tcp", host: "192.0.2.1", port: 0 })).rejects.toThrow(
      "192.0.2.1 is not an address of this machine",
    );
  });
});

describe("listening on an inherited file descriptor", () => {
  /** Node tells the descriptor of a handle, though its types do not. */
  function descriptor(server: Server): number {
    const { _handle } = server as Server & { readonly _handle?: { readonly fd: number } };
    return _handle?.fd ?? -1;
  }

  /** A program that is handed the socket as descriptor 3, as systemd does, and says where it listens. */
  function inheriting(fd: number): string {
    const module = new URL("../../lib/server/listen.ts", import.meta.url).href;
    const program = `
      const { createServer } = await import("node:net");
      const { listen } = await import(${JSON.stringify(module)});
      const server = createServer();
      await listen(server, { kind: "fd", fd: 3 }).then(
        async ({ address, unpublish }) => { console.log(address); await unpublish(); server.close(); },
        (error) => console.log(error.message),
      );`;
    const args = ["--input-type=module", "-e", program];
    return spawnSync(process.execPath, args, { stdio: ["ignore", "pipe", "inherit", fd], encoding: "utf8" })
      .stdout;
  }

  it("says where a TCP socket is bound", async () => {
    const owner = server();
    const { address } = await listen(owner, { kind: "tcp", host: "127.0.0.1", port: 0 });
    expect(inheriting(descriptor(owner))).toBe(`${address}\n`);
  });

  it("says where a UNIX socket is bound, and leaves its file", async () => {
    const owner = server();
    await listening(owner, { path });
    expect(inheriting(descriptor(owner))).toBe(`+unix:${path}\n`);
    expect(await answerOf(path)).toBe("here");
  });

  it("says when it is no socket", () => {
    expect(inheriting(2)).toBe("file descriptor 3 is not a listening socket\n");
  });
});
