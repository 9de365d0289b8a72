import { readFile } from "node:fs/promises";
import { SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { sendSettings } from "../lib/cli/send/settings.ts";
import { parseMessage } from "../lib/message/index.ts";
import { serveSettings } from "../lib/program/settings/serve-settings.ts";
import { type PosternProcess, spawnPostern } from "./support/postern-process.ts";
import { receiveAll } from "./support/receive-all.ts";

const root = new URL("../", import.meta.url);
let readme: string;
let manifest: { scripts: Record<string, string>; dependencies: object; devDependencies: object };
let postern: PosternProcess | undefined;

beforeAll(async () => {
  readme = await readFile(new URL("README.md", root), "utf8");
  manifest = JSON.parse(await readFile(new URL("package.json", root), "utf8"));
});
afterEach(async () => {
  await postern?.remove();
  postern = undefined;
});

/** The fenced blocks of one language, in their order. */
function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, "gm"))].map(
    ([, text]) => text ?? "",
  );
}

describe("the README's first screen", () => {
  it("has the two commands, word for word", () => {
    const [commands = ""] = blocks("sh");
    expect(commands).toMatch(/^npm ci && npm start\b/m);
    expect(commands).toMatch(/^npm ci && npm test\b/m);
    expect(readme.slice(0, readme.indexOf(commands)).split("\n").length).toBeLessThan(12);
  });

  it("posts a message that can be read with what it says", async () => {
    const [, curl = "", aws = ""] = blocks("sh");
    const [, url = "", body = ""] = /^curl (\S+) -d '([^']+)'$/m.exec(curl) ?? [];
    const [, endpoint = ""] = /--endpoint-url (\S+)/.exec(aws) ?? [];
    const [, queueUrl = ""] = /--queue-url (\S+)/.exec(aws) ?? [];
    const [, region = ""] = /--region (\S+)/.exec(aws) ?? [];
    const defaults = `${serveSettings.http.default} ${serveSettings.embeddedPort.default}`;
    expect(`${new URL(url).host} ${new URL(endpoint).port}`).toBe(defaults);

    // The same on ports of its own: others may have the defaults.
    postern = await spawnPostern({ args: ["serve", "--http", "127.0.0.1:0", "--embedded-port", "0"] });
    const lines = await postern.ready;
    const at = (written: string, line: string | undefined) => {
      const { pathname } = new URL(written);
      return new URL(pathname, line?.slice(line.lastIndexOf(" ") + 1)).href;
    };
    // As curl sends it.
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await fetch(at(url, lines[0]), { method: "POST", body, headers });
    expect(await answer.text()).toBe("OK");

    const client = new SQSClient({
      endpoint: at(endpoint, lines[2]),
      region,
      credentials: { accessKeyId: "any", secretAccessKey: "any" },
    });
    await expect
      .poll(
        async () =>
          (await receiveAll(client, at(queueUrl, lines[2]))).map(({ Body }) => parseMessage(Body ?? "").data),
        {
          timeout: 4_000,
        },
      )
      .toEqual([JSON.parse(body).data]);
  });
});

describe("the README", () => {
  it("lists every setting with its variable and default", () => {
    for (const setting of Object.values({ ...serveSettings, ...sendSettings })) {
      const fallback = "default" in setting ? `\`${setting.default}\`` : "none";
      expect(readme).toContain(
        `| \`${setting.flag}\` | \`${setting.variable}\` | ${fallback} | ${setting.meaning} |`,
      );
    }
  });

  it("gives the reason of every dependency, and of no other", () => {
    const table = readme.slice(readme.indexOf("## Dependencies"));
    const listed = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
    expect(listed.toSorted()).toEqual(
      Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).sort(),
    );
  });

  it("names only scripts that there are", () => {
    for (const [, script = ""] of readme.matchAll(/npm run (?:-s )?([\w:]+)/g))
      expect(manifest.scripts).toHaveProperty([script]);
  });
});
