import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";

/**
 * What it does with a tunnel: it reaches the server; or answers a status; or breaks, before or behind its answer; or says nothing,
 * before or behind its answer.
 */
export type TunnelFate = "reach" | number | "break" | "break_behind" | "silence" | "silence_behind";

export interface TestProxy {
  readonly host: string;
  /** For what it was asked, with the credentials. */
  readonly asked: readonly { readonly target: string; readonly authorization: string | undefined }[];
  fate: TunnelFate;
  /** Connections of clients that are open. */
  open(): number;
  stop(): void;
}

/**
 * An HTTP proxy from which, whatever its clients ask for, one server on this machine is reached.
 *
 * @param certificate for one that is spoken to by TLS
 */
export async function startProxy(port: number, certificate?: object): Promise<TestProxy> {
  const asked: TestProxy["asked"][number][] = [];
  const clients = new Set<Socket>();
  const server = certificate === undefined ? createServer() : createTlsServer(certificate);
  server.on("request", ({ method = "", url = "", headers }, response) => {
    asked.push({ target: `${method} ${url}`, authorization: headers["proxy-authorization"] });
    response.writeHead(203).end("from the proxy");
  });
  server.on("connection", (client) => {
    clients.add(client);
    client.on("error", () => {}).once("close", () => clients.delete(client));
  });
  server.on("connect", ({ url = "", headers }, client: Socket) => {
    asked.push({ target: url, authorization: headers["proxy-authorization"] });
    const { fate } = proxy;
    // Node keeps a connection half open that its client has closed.
    client.once("end", () => client.destroy());
    if (fate !== "reach") client.resume();
    if (fate === "silence") return;
    if (fate === "break") return void client.destroy();
    if (typeof fate === "number")
      return void client.end(`HTTP/1.1 ${fate} For a reason\r\nContent-Length: 3\r\n\r\nno\n`);
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    if (fate === "silence_behind") return;
    if (fate === "break_behind") return void client.end();
    const upstream = connect(port, "127.0.0.1");
    upstream.on("error", () => client.destroy()).once("close", () => client.destroy());
    client.once("close", () => upstream.destroy());
    upstream.pipe(client).pipe(upstream);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy: TestProxy = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    fate: "reach",
    open: () => clients.size,
    stop() {
      for (const client of clients) client.destroy();
      server.close();
    },
  };
  return proxy;
}
