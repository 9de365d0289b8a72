import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "./free-port.ts";

export interface CloudFormationEmulator extends AsyncDisposable {
  /** For `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
}

/** What CloudFormation answers to a template that it has no objection to. */
const valid = `<ValidateTemplateResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
  <ValidateTemplateResult><Parameters/><Capabilities/></ValidateTemplateResult>
</ValidateTemplateResponse>`;

/**
 * moto, behind a proxy that finds every template valid: moto refuses a template on which cfn-lint so much as warns, where
 * CloudFormation takes it.
 *
 * @param program of `moto_server`
 * @throws when moto does not start
 */
export async function startCloudFormationEmulator(program: string): Promise<CloudFormationEmulator> {
  const port = await freePort();
  const moto = spawn(program, ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  const closed = once(moto, "close");
  await answers(`http://127.0.0.1:${port}/moto-api/`);

  const proxy = createServer(async (incoming, response) => {
    const body = await bytes(incoming);
    if (/(?:^|&)Action=ValidateTemplate(?:&|$)/.test(body.toString("latin1"))) {
      response.writeHead(200, { "Content-Type": "text/xml" }).end(valid);
      return;
    }
    const { method = "GET", url: path = "/", headers } = incoming;
    const outgoing = httpRequest({ host: "127.0.0.1", port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on("error", () => response.destroy());
    outgoing.end(body);
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return {
    endpoint: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      proxy.closeAllConnections();
      proxy.close();
      moto.kill("SIGKILL");
      await closed;
    },
  };
}

async function answers(url: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const isThere = await fetch(url).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    await wait(100);
  }
  throw new Error(`nothing answers at ${url}`);
}

async function bytes(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
