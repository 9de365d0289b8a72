import type { InsertHandler } from "../application/insert-request.ts";
import { httpServer } from "../http/http-server.ts";
import type { Clock } from "../message/clock.ts";
import { scgiServer } from "../scgi/scgi-server.ts";
import type { ConnectionObserver } from "../server/connection-observer.ts";
import type { Door, DoorOptions } from "../server/door.ts";
import type { ListenAddress } from "../server/listen-address.ts";
import type { MemoryBudget } from "../server/memory-budget.ts";
import { groupId } from "./settings/group-id.ts";
import type { ServeSettings } from "./settings/serve-settings.ts";

export interface OpenDoorsOptions {
  readonly settings: ServeSettings;
  readonly handler: InsertHandler;
  /** Answers at the address of `--admin`. */
  readonly adminHandler: InsertHandler;
  readonly clock: Clock;
  /** For the bodies at all doors but that of `--admin`, which answers also when there is no room at the others. */
  readonly memory: MemoryBudget;
  readonly observer?: ConnectionObserver;
}

/**
 * Makes every door that the settings ask for, not yet started.
 *
 * @throws {Error} with one line for the operator
 */
export async function openDoors(options: OpenDoorsOptions): Promise<readonly Door[]> {
  const { settings, adminHandler, clock, memory, observer } = options;
  const { socketGroup: group } = settings;
  const socketFile = {
    mode: settings.socketMode,
    ...(group === undefined ? {} : { group: { id: await groupId(group), name: group } }),
  };
  const door = (listen: ListenAddress, handler: InsertHandler): DoorOptions => ({
    listen: listen.kind === "unix" ? { ...listen, ...socketFile } : listen,
    handler,
    prefix: settings.prefix,
    timeout: settings.timeout,
    maxConnections: settings.maxConnections,
    maxBody: settings.maxBody,
    clock,
    ...(observer === undefined ? {} : { observer }),
  });
  const wayIn = (listen: ListenAddress): DoorOptions => ({ ...door(listen, options.handler), memory });
  return [
    ...(settings.http === undefined ? [] : [httpServer(wayIn(settings.http))]),
    ...settings.scgi.filter((listen) => listen !== undefined).map((listen) => scgiServer(wayIn(listen))),
    ...(settings.admin === undefined ? [] : [httpServer(door(settings.admin, adminHandler))]),
  ];
}
