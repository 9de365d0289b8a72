import { ConfigurationError } from "../platform/configuration-error.ts";
import type { ListenAddress } from "../server/listen-address.ts";
import type { ServeSettings } from "./settings/serve-settings.ts";

/** The first descriptor that a service manager passes: sd_listen_fds(3). */
const firstDescriptor = 3;

const names = ["http", "scgi", "admin"] as const;
type Name = (typeof names)[number];

/**
 * Takes over the sockets that the service manager listens on for us (sd_listen_fds(3)), in place of the settings of
 * their kind. The socket units name them: `FileDescriptorName=http`, `scgi` or `admin`.
 *
 * The variables are removed, so that no child takes the sockets for its own.
 *
 * @param pid of this process: sockets for another one are left alone
 * @throws {ConfigurationError} when a socket's name says nothing
 */
export function withActivatedSockets(
  settings: ServeSettings,
  environment: Record<string, string | undefined>,
  pid: number,
): ServeSettings {
  const { LISTEN_PID: listenPid, LISTEN_FDS: count = "0", LISTEN_FDNAMES: listed = "" } = environment;
  for (const variable of ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]) delete environment[variable];
  if (listenPid !== String(pid) || !/^[1-9][0-9]{0,3}$/.test(count)) return settings;

  const given: Record<Name, ListenAddress[]> = { http: [], scgi: [], admin: [] };
  const listedNames = listed.split(":");
  for (let index = 0; index < Number(count); index += 1) {
    given[socketName(listedNames[index])].push({ kind: "fd", fd: firstDescriptor + index });
  }
  return {
    ...settings,
    http: only("http", given.http) ?? settings.http,
    scgi: given.scgi.length > 0 ? given.scgi : settings.scgi,
    admin: only("admin", given.admin) ?? settings.admin,
  };
}

function socketName(name: string | undefined): Name {
  const known = names.find((candidate) => candidate === name);
  if (known !== undefined) return known;
  throw new ConfigurationError(
    `a socket from the service manager is named "${name ?? ""}"; set FileDescriptorName= to one of ${names.join(", ")}`,
  );
}

function only(name: Name, sockets: readonly ListenAddress[]): ListenAddress | undefined {
  if (sockets.length > 1)
    throw new ConfigurationError(
      `the service manager passed ${sockets.length} sockets named ${name}; there may be one`,
    );
  return sockets[0];
}
