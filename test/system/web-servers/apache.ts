import { type Backend, substituted, type WebServer } from "./web-server.ts";

export const apache: WebServer = {
  name: "Apache",
  program: "apache2",
  backend: "tcp",
  example: "apache/postern.conf",
  configuration: ({ directory, port, backend }, example) => `
ServerRoot ${directory}
DefaultRuntimeDir ${directory}
PidFile ${directory}/apache.pid
ErrorLog ${directory}/error.log
DocumentRoot /var/www/html
ServerName localhost
ServerAdmin webmaster@localhost
Listen 127.0.0.1:${port}
${process.getuid?.() === 0 ? "User www-data\nGroup www-data" : ""}
${modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join("\n")}
${substituted(example, ["*:80", `127.0.0.1:${port}`], ["127.0.0.1:4000", address(backend)])}
`,
  arguments: (_, file) => ["-D", "FOREGROUND", "-f", file],
};

/** What Debian's configuration loads, as far as the example needs it, and `a2enmod proxy_scgi`. */
const modules = ["mpm_event", "authz_core", "reqtimeout", "setenvif", "proxy", "proxy_scgi"];

function address(backend: Backend): string {
  return backend.kind === "tcp" ? `${backend.host}:${backend.port}` : "";
}
