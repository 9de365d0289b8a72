import { describe, expect, it } from "vitest";
import { readSettings } from "../../lib/program/settings/read-settings.ts";
import { serveSettings } from "../../lib/program/settings/serve-settings.ts";
import { withActivatedSockets } from "../../lib/program/socket-activation.ts";

const settings = readSettings(serveSettings, {}, {});
const activation = (names: string, count = String(names.split(":").length)) => ({
  LISTEN_PID: "42",
  LISTEN_FDS: count,
  LISTEN_FDNAMES: names,
  OTHER: "stays",
});

describe("withActivatedSockets", () => {
  it("takes sockets by their names, in place of the settings of their kind alone", () => {
    const given = withActivatedSockets(settings, activation("scgi:admin:scgi"), 42);
    expect(given.scgi).toEqual([
      { kind: "fd", fd: 3 },
      { kind: "fd", fd: 5 },
    ]);
    expect(given.admin).toEqual({ kind: "fd", fd: 4 });
    expect(given.http).toEqual(settings.http);
  });

  it("leaves no variable for a child to take them by", () => {
    const environment = activation("http");
    withActivatedSockets(settings, environment, 42);
    expect(environment).toEqual({ OTHER: "stays" });
  });

  it.each([
    [{}, 42],
    [activation("http"), 43],
    [activation("http", "0"), 42],
    [activation("http", "-1"), 42],
    [activation("http", "x"), 42],
  ])("takes none from %j as process %i", (environment, pid) => {
    expect(withActivatedSockets(settings, environment, pid)).toBe(settings);
  });

  it.each(["postern.socket", "", "scgi:unknown"])("refuses to guess what %j is", (names) => {
    expect(() => withActivatedSockets(settings, activation(names), 42)).toThrow(
      /FileDescriptorName= to one of http, scgi, admin/,
    );
  });

  it("refuses two where there can be one", () => {
    expect(() => withActivatedSockets(settings, activation("http:http"), 42)).toThrow(/2 sockets named http/);
  });
});
