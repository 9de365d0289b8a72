import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../../lib/platform/configuration-error.ts";
import { readSettings } from "../../../lib/program/settings/read-settings.ts";
import { serveSettings } from "../../../lib/program/settings/serve-settings.ts";

type Flags = Readonly<Record<string, string | readonly string[]>>;
type Environment = Readonly<Record<string, string>>;

const read = (flags: Flags, environment: Environment = {}) => readSettings(serveSettings, flags, environment);

/** What is said of settings that cannot be used. */
function refusal(flags: Flags, environment: Environment = {}): string {
  try {
    read(flags, environment);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  throw new Error("they can be used");
}

describe("readSettings", () => {
  it.each([
    [{ scgi: ["off", "tcp"] }, '--scgi: expected unix:PATH or HOST:PORT, or off, got "tcp"'],
    [{ socketMode: "999" }, '--socket-mode: expected octal digits, for example 0660 or 660, got "999"'],
    [{ timeout: "0" }, '--timeout: expected at least 0.001 seconds, got "0"'],
    [{ maxConnections: "0" }, /^--max-connections: expected a whole number from 1/],
    [{ maxBody: "1MB" }, /^--max-body: expected a number of bytes/],
    [{ queueUrl: "postern" }, '--queue-url: expected an http or https URL, got "postern"'],
    [
      { queueUrl: "https://sqs.eu-west-1.amazonaws.com/1/q\r" },
      /^--queue-url: expected the URL of a queue: a host, a path and nothing else/,
    ],
    [{ logLevel: "loud" }, /^--log-level: expected one of trace/],
  ])("refuses %j", (flags, words) => {
    expect(refusal(flags)).toMatch(words);
  });

  it("refuses all at once, a line for each", () => {
    expect(refusal({ timeout: "soon", http: "nowhere" }).split("\n")).toEqual([
      expect.stringMatching(/^--http: /),
      expect.stringMatching(/^--timeout: /),
    ]);
  });

  it("takes the flag, else the variable, else the default", () => {
    expect(read({ timeout: "1" }, { POSTERN_TIMEOUT: "2" }).timeout).toBe(1_000);
    expect(read({}, { POSTERN_TIMEOUT: "2" }).timeout).toBe(2_000);
    for (const environment of [{}, { POSTERN_TIMEOUT: "" }])
      expect(read({}, environment).timeout).toBe(13_000);
  });

  it("takes what may be repeated from a variable with spaces between", () => {
    const sockets = [
      { kind: "unix", path: "a" },
      { kind: "unix", path: "b" },
    ];
    expect(read({ scgi: ["unix:a", "unix:b"] }).scgi).toEqual(sockets);
    expect(read({}, { POSTERN_SCGI: " unix:a  unix:b " }).scgi).toEqual(sockets);
  });

  it("names the variable where that is what cannot be used", () => {
    expect(refusal({}, { POSTERN_TIMEOUT: "soon" })).toMatch(
      /^POSTERN_TIMEOUT \(--timeout\): expected a number of seconds.*"soon"$/,
    );
  });
});
