import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { actionName } from "../../lib/application/action-path.ts";
import { Problem } from "../../lib/application/problem.ts";
import { ScgiParser } from "../../lib/scgi/scgi-parser.ts";
import { scgiRequest } from "../../lib/scgi/scgi-request.ts";
import { type Recording, recordedClient, recordedRequests } from "./recorded-requests.ts";

const limits = { maxHeaderBytes: 65_536, maxHeaders: 200, maxBody: 1_048_576 };

const servers = [
  "nginx",
  "nginx-without-request-buffering",
  "lighttpd",
  "lighttpd-without-fix-root-scriptname",
  "apache",
];

describe.each(servers)("what %s really sends", (server) => {
  const recordings: readonly Recording[] = JSON.parse(
    readFileSync(new URL(`fixtures/${server}.json`, import.meta.url), "utf8"),
  );

  it("is recorded of every request that it passes on", () => {
    // Apache refuses chunked bodies by itself.
    const expected = recordedRequests.filter(({ chunked }) => server !== "apache" || chunked !== true);
    expect(recordings.map(({ name }) => name)).toEqual(expected.map(({ name }) => name));
  });

  it.each(recordings)("is read as it was meant: $name", ({ name, sent }) => {
    const request = recordedRequests.find((other) => other.name === name);
    if (request === undefined) throw new Error("recorded, but no longer asked for");
    const bytes = Buffer.from(sent.join(""), "latin1");
    const whole = new ScgiParser(limits).push(bytes);
    if (whole.kind !== "request") throw new Error(JSON.stringify(whole));
    expect(whole.body.toString("latin1")).toBe(request.body);

    const read = scgiRequest(whole.environ, "");
    if (read instanceof Problem) throw read;
    expect(read).toMatchObject({ method: request.method, client: recordedClient });
    if (request.isAmbiguous !== true) {
      expect(read.prefix).toBe(request.target.startsWith("/uploads/") ? "/uploads" : "");
    }
    expect(`/${actionName(read.path, read.prefix, new Set(["message"]))}`).toBe(request.action);
    for (const [header, value] of Object.entries(request.read ?? {})) {
      expect(read.headers.get(header), header).toBe(value);
    }

    const readOtherwise = Array.from(bytes.keys()).filter((cut) => {
      const parser = new ScgiParser(limits);
      const early = parser.push(bytes.subarray(0, cut));
      return early.kind !== "incomplete" || !isDeepStrictEqual(parser.push(bytes.subarray(cut)), whole);
    });
    expect(readOtherwise, "cut in two at").toEqual([]);
  });
});
