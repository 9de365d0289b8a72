import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../support/free-port.ts";

const run = promisify(execFile);

/** A server behind nginx, on a UNIX socket. */
export interface Backend {
  readonly protocol: "scgi" | "http";
  readonly socket: string;
}

export interface Nginx {
  /** Where each backend is reached through nginx, in their order. */
  readonly urls: readonly string[];
  /** The master's process. */
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts nginx with two workers and nothing written for each request; resolves when it listens. */
export async function startNginx(directory: string, backends: readonly Backend[]): Promise<Nginx> {
  const ports = await Promise.all(backends.map(freePort));
  const file = join(directory, "nginx.conf");
  const pidFile = join(directory, "nginx.pid");
  await writeFile(file, configuration(directory, pidFile, backends, ports));
  const command = ["-c", file, "-e", join(directory, "nginx.log")];
  // As a daemon, so that the command ends when the ports are bound.
  await run("nginx", command, { env: environment });
  return {
    urls: ports.map((port) => `http://127.0.0.1:${port}/message`),
    pid: Number(await readFile(pidFile, "utf8")),
    async stop() {
      await run("nginx", [...command, "-s", "stop"], { env: environment });
    },
  };
}

const environment = { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin` };

function configuration(
  directory: string,
  pidFile: string,
  backends: readonly Backend[],
  ports: readonly number[],
): string {
  const folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path ${join(directory, `nginx-${kind}`)};`,
  );
  // The sockets belong to the user who runs the benchmark.
  const user = process.getuid?.() === 0 ? "user root;" : "";
  const servers = backends.map(({ protocol, socket }, index) =>
    protocol === "scgi" ? scgiServer(socket, ports[index]) : httpServer(socket, ports[index], index),
  );
  return `${user}
worker_processes 2;
pid ${pidFile};
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 1000000;
  ${folders.join("\n  ")}
  ${servers.join("\n  ")}
}
`;
}

function scgiServer(socket: string, port: number | undefined): string {
  const parameters = scgiParameters.map(([name, value]) => `scgi_param ${name} ${value};`).join(" ");
  return `server { listen 127.0.0.1:${port}; location / { ${parameters} scgi_pass unix:${socket}; } }`;
}

/** With connections kept open, which is the best that nginx can do for it. */
function httpServer(socket: string, port: number | undefined, index: number): string {
  const upstream = `upstream backend${index} { server unix:${socket}; keepalive 64; }`;
  const pass = `proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://backend${index};`;
  return `${upstream} server { listen 127.0.0.1:${port}; location / { ${pass} } }`;
}

/** nginx's stock `scgi_params`. */
const scgiParameters = [
  ["REQUEST_METHOD", "$request_method"],
  ["REQUEST_URI", "$request_uri"],
  ["QUERY_STRING", "$query_string"],
  ["CONTENT_TYPE", "$content_type"],
  ["DOCUMENT_URI", "$document_uri"],
  ["DOCUMENT_ROOT", "$document_root"],
  ["SCGI", "1"],
  ["SERVER_PROTOCOL", "$server_protocol"],
  ["REQUEST_SCHEME", "$scheme"],
  ["HTTPS", "$https if_not_empty"],
  ["REMOTE_ADDR", "$remote_addr"],
  ["REMOTE_PORT", "$remote_port"],
  ["SERVER_PORT", "$server_port"],
  ["SERVER_NAME", "$server_name"],
] as const;
