import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { ConfigurationError } from "../../../lib/platform/configuration-error.ts";
import { requireConsistency } from "../../../lib/program/settings/consistent-settings.ts";
import { readSettings } from "../../../lib/program/settings/read-settings.ts";
import { serveSettings } from "../../../lib/program/settings/serve-settings.ts";

type Flags = Readonly<Record<string, string | readonly string[]>>;

/** What is said of settings; "" where nothing is. */
async function refusal(flags: Flags): Promise<string> {
  try {
    await requireConsistency(readSettings(serveSettings, flags, {}));
    return "";
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
}

afterEach(() => {
  vi.unstubAllEnvs();
});

it.each([
  ["0.0.0.0:8081", "127.0.0.1:8081"],
  ["127.0.0.2:8081", "0.0.0.0:8081"],
  ["[::]:8081", "127.0.0.1:8081"],
  ["[::1]:8081", "[::]:8081"],
  ["[0:0:0:0:0:0:0:1]:8081", "[::1]:8081"],
  ["[::ffff:127.0.0.1]:8081", "127.0.0.1:8081"],
  ["127.1:8081", "127.0.0.1:8081"],
])("says that %s and %s overlap", async (http, admin) => {
  expect(await refusal({ http, admin })).toBe(
    `--http ${http} and --admin ${admin} overlap: each needs an address of its own`,
  );
});

it("says that localhost overlaps with the address that it stands for", async () => {
  const refusals = await Promise.all(
    ["127.0.0.1:8081", "[::1]:8081"].map((admin) => refusal({ http: "localhost:8081", admin })),
  );
  expect(refusals).toContainEqual(expect.stringMatching(/^--http localhost:8081 and --admin \S+ overlap: /));
});

it.each([
  ["127.0.0.1:8081", "127.0.0.1:8082"],
  ["127.0.0.1:8081", "127.0.0.2:8081"],
  ["0.0.0.0:8081", "[::1]:8081"],
  ["0.0.0.0:0", "127.0.0.1:0"],
  // Nobody knows what it stands for: that is found out when it is listened on.
  ["nosuch.invalid:8081", "127.0.0.1:8081"],
])("lets %s be beside %s", async (http, admin) => {
  expect(await refusal({ http, admin })).toBe("");
});

it("tells the embedded queue from other ways in", async () => {
  expect(await refusal({ http: "0.0.0.0:8081", embeddedPort: "8081" })).toMatch(
    /^--http 0\.0\.0\.0:8081 and --embedded-port 127\.0\.0\.1:8081 overlap: /,
  );
  const queueUrl = "http://127.0.0.1:1/000000000000/postern";
  expect(await refusal({ http: "0.0.0.0:8081", embeddedPort: "8081", queueUrl })).toBe("");
});

it("knows a socket by another path to it", async () => {
  const directory = await mkdtemp(join(tmpdir(), "postern-settings-"));
  try {
    await mkdir(join(directory, "run"));
    await symlink("run", join(directory, "var"));
    for (const [one, other] of [
      ["x.sock", "./x.sock"],
      [`${directory}/run/x.sock`, `${directory}/var/x.sock`],
      [`${directory}/run/new/x.sock`, `${directory}/var/new/x.sock`],
    ]) {
      expect(await refusal({ scgi: [`unix:${one}`, `unix:${other}`] })).toBe(
        `--scgi unix:${one} and --scgi unix:${other} overlap: each needs an address of its own`,
      );
    }
    expect(await refusal({ scgi: ["unix:x.sock", "unix:run/x.sock"] })).toBe("");
  } finally {
    await rm(directory, { recursive: true });
  }
});

it.each([
  [{ maxBody: "100MiB" }, "--max-body 100MiB", "300MiB; it is 256MiB"],
  [{ maxInFlight: "3145727" }, "--max-body 1MiB", "3MiB; it is 3145727"],
  [{ maxBody: "1500", maxInFlight: "4KiB" }, "--max-body 1500", "4500; it is 4KiB"],
])(
  "asks for room for three bodies, whichever of the two settings is given: %j",
  async (flags, body, room) => {
    expect(await refusal(flags)).toBe(
      `${body} needs --max-in-flight to be at least three times as much, ${room}`,
    );
  },
);

it("wants a way in", async () => {
  expect(await refusal({ http: "off", scgi: ["off", "off"] })).toBe(
    "--http and --scgi are both off: there would be no way in",
  );
  for (const flags of [{ http: "off" }, { scgi: ["off"] }]) expect(await refusal(flags)).toBe("");
});

it("refuses one address for two, as it is written", async () => {
  for (const [flags, ways, address] of [
    [{ http: "127.0.0.1:8081", admin: "127.0.0.1:8081" }, "--http and --admin", "127.0.0.1:8081"],
    [{ http: "127.0.0.1:8081", embeddedPort: "8081" }, "--http and --embedded-port", "127.0.0.1:8081"],
    [{ scgi: ["unix:x.sock", "unix:x.sock"] }, "--scgi and --scgi", "unix:x.sock"],
  ] as const) {
    expect(await refusal(flags)).toBe(`${ways} are both ${address}: each needs an address of its own`);
  }
});

it("refuses a path that no socket can have", async () => {
  const longest = `/${"x".repeat(106)}`;
  expect(await refusal({ scgi: [`unix:${longest}`] })).toBe("");
  expect(await refusal({ scgi: [`unix:${longest}y`] })).toBe(
    `--scgi: ${longest}y is too long for a UNIX socket: at most 107 bytes`,
  );
  const folder = `/${"x".repeat(97)}`;
  expect(await refusal({ scgi: [`unix:${folder}/s`] })).toBe(
    `--scgi: ${folder} is too long for the folder of a UNIX socket: at most 97 bytes`,
  );
});

it("refuses a group that there is not", async () => {
  expect(await refusal({ socketGroup: "root" })).toBe("");
  expect(await refusal({ socketGroup: "4711" })).toBe("");
  expect(await refusal({ socketGroup: "nogroupthere" })).toBe(
    "--socket-group: there is no group nogroupthere in /etc/group; give its number",
  );
});

it.each([
  [
    "AWS_ENDPOINT_URL_SQS",
    "sqs.example",
    'AWS_ENDPOINT_URL_SQS must be an http or https URL, got "sqs.example"',
  ],
  [
    "HTTPS_PROXY",
    "socks5://user:secret@proxy.example",
    "HTTPS_PROXY must be the URL of an HTTP proxy, such as http://proxy.example.org:3128",
  ],
])("refuses a way to the queue that cannot be used: %s", async (name, value, words) => {
  vi.stubEnv(name, value);
  expect(await refusal({ queueUrl: "https://sqs.us-east-1.amazonaws.com/1/postern" })).toBe(words);
  // The embedded queue is not on that way.
  expect(await refusal({})).toBe("");
});
