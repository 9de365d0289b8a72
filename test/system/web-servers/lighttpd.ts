import { type Setup, substituted, type WebServer } from "./web-server.ts";

export const lighttpd: WebServer = {
  name: "lighttpd",
  program: "lighttpd",
  backend: "unix",
  example: "lighttpd/postern.conf",
  configuration,
  arguments: (_, file) => ["-D", "-f", file],
};

/** As most would write it: what a path of the root begins with may be said to be a prefix. */
export const plainLighttpd: WebServer = {
  ...lighttpd,
  name: "lighttpd without fix-root-scriptname",
  configuration: (setup, example) =>
    configuration(
      setup,
      substituted(example, ['"fix-root-scriptname" => "enable"', '"fix-root-scriptname" => "disable"']),
    ),
};

function configuration({ directory, port, backend }: Setup, example: string): string {
  return `
server.document-root = "/var/www/html"
server.bind = "127.0.0.1"
server.port = ${port}
server.errorlog = "${directory}/error.log"
server.upload-dirs = ( "${directory}" )
${substituted(example, ["/run/postern/scgi.sock", backend.kind === "unix" ? backend.path : ""])}
`;
}
