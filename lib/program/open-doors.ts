import type { InsertHandler } from "../application/insert-request.ts";
import { httpServer } from "../http/http-server.ts";
import type { Clock } from "../message/clock.ts";
import { scgiServer } from "../scgi/scgi-server.ts";
import type { ConnectionObserver } from "../server/connection-observer.ts";
import type { Door, DoorOptions } from "../server/door.ts";
import type { ListenAddress } from "../server/listen-address.ts";
import { groupId } from "./group-id.ts";
import type { ServeSettings } from "./serve-settings.ts";

export interface OpenDoorsOptions {
  readonly settings: ServeSettings;
  readonly handler: InsertHandler;
  /** Answers at the address of `--admin`. */
  readonly adminHandler: InsertHandler;
  readonly clock: Clock;
  readonly observer?: ConnectionObserver;
}

/**
 * Makes every door that the settings ask for, not yet started.
 *
 * @throws {Error} with one line for the operator
 */
export async function openDoors(options: OpenDoorsOptions): Promise<readonly Door[]> {
  const { settings, adminHandler, clock, observer } = options;
  const socketFile = {
    mode: settings.socketMode,
    ...(settings.socketGroup === undefined ? {} : { group: await groupId(settings.socketGroup) }),
  };
  const door = (listen: ListenAddress, handler = options.handler): DoorOptions => ({
    listen: listen.kind === "unix" ? { ...listen, ...socketFile } : listen,
    handler,
    prefix: settings.prefix,
    timeout: settings.timeout,
    maxConnections: settings.maxConnections,
    maxBody: settings.maxBody,
    clock,
    ...(observer === undefined ? {} : { observer }),
  });
  return [
    ...(settings.http === undefined ? [] : [httpServer(door(settings.http))]),
    ...settings.scgi.filter((listen) => listen !== undefined).map((listen) => scgiServer(door(listen))),
    ...(settings.admin === undefined ? [] : [httpServer(door(settings.admin, adminHandler))]),
  ];
}
