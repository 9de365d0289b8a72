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

export interface OpenedDoor {
  readonly door: Door;
  /** What it is for, and what it speaks: `admin` is HTTP too. */
  readonly kind: "http" | "scgi" | "admin";
  readonly listen: ListenAddress;
}

/**
 * Makes every door that the settings ask for, not yet started.
 *
 * @throws {Error} with one line for the operator
 */
export async function openDoors(options: OpenDoorsOptions): Promise<readonly OpenedDoor[]> {
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
  const make = (kind: OpenedDoor["kind"], listen: ListenAddress): Door => {
    if (kind === "admin") return httpServer(door(listen, adminHandler));
    return kind === "http" ? httpServer(wayIn(listen)) : scgiServer(wayIn(listen));
  };
  const opened = (kind: OpenedDoor["kind"], listen: ListenAddress | undefined): readonly OpenedDoor[] =>
    listen === undefined ? [] : [{ kind, listen, door: make(kind, listen) }];
  return [
    ...opened("http", settings.http),
    ...settings.scgi.flatMap((listen) => opened("scgi", listen)),
    ...opened("admin", settings.admin),
  ];
}
