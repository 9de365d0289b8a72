import { execFileSync } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { isInstalled } from "../support/daemon.ts";
import { listenerUpload } from "../support/messages.ts";
import { spawnPostern } from "../support/postern-process.ts";
import { substituted } from "./web-servers/web-server.ts";

const program = "logrotate";
const isLeftOut = !isInstalled(program) && process.env["CI"] === undefined;
const missing = isLeftOut ? ` (left out: ${program} is not on this machine)` : "";

const example = new URL("../../infra/logrotate/postern", import.meta.url);

/** Requests between one rotation and the next. */
const few = 20;

it.skipIf(isLeftOut)(
  `the statistics log has a line for each request however often it is rotated${missing}`,
  async () => {
    const listen = ["--http", "127.0.0.1:0", "--scgi", "off", "--embedded-port", "0"];
    const postern = await spawnPostern({ args: ["serve", ...listen, "--statistics-log", "statistics.log"] });
    const { directory, child } = postern;
    try {
      const http = (await postern.ready)[0]?.slice("listening on ".length);
      const configuration = join(directory, "logrotate.conf");
      await writeFile(
        configuration,
        substituted(
          await readFile(example, "utf8"),
          ["/var/log/postern/*.log", `${directory}/*.log`],
          ["systemctl reload postern.service", `kill -HUP ${child.pid}`],
        ),
        { mode: 0o644 },
      );
      const ids: (string | null)[] = [];
      const post = async () => {
        const response = await fetch(`${http}/message`, {
          method: "POST",
          body: JSON.stringify(listenerUpload),
        });
        await response.text();
        ids.push(response.headers.get("x-request-id"));
      };
      for (let rotation = 0; rotation < 3; rotation += 1) {
        for (let number = 0; number < few; number += 1) await post();
        const rotated = Promise.all(Array.from({ length: few }, post));
        execFileSync(program, ["--force", "--state", join(directory, "state"), configuration], {
          env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
        });
        await rotated;
      }
      child.kill("SIGTERM");
      await postern.ended;
      const logs = (await readdir(directory)).filter((name) => name.startsWith("statistics.log")).toSorted();
      expect(logs).toEqual(
        expect.arrayContaining(["statistics.log", "statistics.log.1", "statistics.log.2.gz"]),
      );
      const texts = logs.map(async (name) => {
        const bytes = await readFile(join(directory, name));
        return (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
      });
      const lines = (await Promise.all(texts)).join("").trimEnd().split("\n");
      expect(lines.map((line) => JSON.parse(line).id).toSorted()).toEqual(ids.toSorted());
    } finally {
      await postern.remove();
    }
  },
);
