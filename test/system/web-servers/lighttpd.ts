import { substituted, type WebServer } from "./web-server.ts";

export const lighttpd: WebServer = {
  name: "lighttpd",
  program: "lighttpd",
  backend: "unix",
  example: "lighttpd/postern.conf",
  configuration: ({ directory, port, backend }, example) => `
server.document-root = "/var/www/html"
server.bind = "127.0.0.1"
server.port = ${port}
server.errorlog = "${directory}/error.log"
server.upload-dirs = ( "${directory}" )
${substituted(example, ["/run/postern/scgi.sock", backend.kind === "unix" ? backend.path : ""])}
`,
  arguments: (_, file) => ["-D", "-f", file],
};
