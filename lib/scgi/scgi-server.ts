import { type Door, type DoorOptions, doorSettings } from "../server/door.ts";
import { SocketDoor } from "../server/socket-door.ts";
import { ScgiConnection } from "./scgi-connection.ts";

/** A door for web servers that speak SCGI: nginx, lighttpd, Apache. */
export function scgiServer(options: DoorOptions): Door {
  const settings = doorSettings(options);
  return new SocketDoor(
    "scgi",
    settings,
    (socket, acceptedAt, connections) => new ScgiConnection(socket, acceptedAt, connections, settings),
    { pauseOnConnect: true },
  );
}
