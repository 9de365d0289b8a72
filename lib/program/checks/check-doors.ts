import { dirname, resolve } from "node:path";
import { systemClock } from "../../message/clock.ts";
import { hostPort } from "../../platform/socket-address.ts";
import type { ListenAddress } from "../../server/listen-address.ts";
import { ListenError } from "../../server/listen-error.ts";
import { MemoryBudget } from "../../server/memory-budget.ts";
import { type OpenedDoor, openDoors } from "../open-doors.ts";
import { fileLimitWarning } from "../open-files.ts";
import type { ServeSettings } from "../settings/serve-settings.ts";
import { leavingNoFolders } from "./leaving-no-folders.ts";
import { isPostern, runningNote } from "./running-postern.ts";

export async function checkDoors(settings: ServeSettings): Promise<string> {
  const nobody = { handle: () => Promise.reject(new Error("only a check")) };
  const memory = new MemoryBudget(settings.maxInFlight);
  const doors = await openDoors({
    settings,
    handler: nobody,
    adminHandler: nobody,
    clock: systemClock,
    memory,
  });
  const found = await leavingNoFolders(doors.flatMap(folderOf), async () => {
    try {
      const addresses: string[] = [];
      for (const door of doors) addresses.push(await tryDoor(door));
      return addresses.join(", ");
    } finally {
      await Promise.all(doors.map(({ door }) => door.shutdown()));
    }
  });
  const warning = fileLimitWarning(settings.maxConnections);
  return warning === undefined ? found : `${found}; ${warning}`;
}

async function tryDoor({ door, kind, listen }: OpenedDoor): Promise<string> {
  const protocol = kind === "scgi" ? "scgi" : "http";
  try {
    await door.start();
    return door.address;
  } catch (error) {
    const inUse = error instanceof ListenError && error.code === "in_use";
    if (!inUse || !(await isPostern(listen, protocol))) throw error;
    return `${protocol}${addressOf(listen)} (${runningNote})`;
  }
}

function folderOf({ listen }: OpenedDoor): readonly string[] {
  return listen.kind === "unix" ? [dirname(resolve(listen.path))] : [];
}

/** As a door that is open has it. */
function addressOf(listen: ListenAddress): string {
  if (listen.kind === "unix") return `+unix:${resolve(listen.path)}`;
  return listen.kind === "tcp" ? `://${hostPort(listen.host, listen.port)}` : "";
}
