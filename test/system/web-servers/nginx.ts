import { type Backend, type Setup, substituted, type WebServer } from "./web-server.ts";

export const nginx: WebServer = {
  name: "nginx",
  program: "nginx",
  backend: "unix",
  example: "nginx/postern.conf",
  configuration,
  arguments: ({ directory }, file) => ["-c", file, "-e", `${directory}/error.log`],
};

/** Every byte of an upload is passed on as it comes, so Postern sees slow and broken uploads itself. */
export const unbufferedNginx: WebServer = {
  ...nginx,
  name: "nginx without request buffering",
  configuration: (setup, example) =>
    configuration(setup, substituted(example, ["scgi_request_buffering on;", "scgi_request_buffering off;"])),
};

function configuration({ directory, port, backend }: Setup, example: string): string {
  // The socket belongs to the user who runs the tests.
  const user = process.getuid?.() === 0 ? "user root;" : "";
  const folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path ${directory}/${kind};`,
  );
  const server = substituted(
    example,
    ["listen 80;", `listen 127.0.0.1:${port};`],
    ["include scgi_params;", "include /etc/nginx/scgi_params;"],
    ["unix:/run/postern/scgi.sock", address(backend)],
  );
  return `${user}
daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
events {}
http {
  access_log off;
  ${folders.join("\n  ")}
${server}
}
`;
}

function address(backend: Backend): string {
  return backend.kind === "unix" ? `unix:${backend.path}` : `${backend.host}:${backend.port}`;
}
