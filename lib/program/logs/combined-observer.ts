import type { ConnectionObserver } from "../../server/connection-observer.ts";

/** Tells several observers the same, in their order. */
export function combinedObserver(observers: readonly ConnectionObserver[]): ConnectionObserver {
  return {
    connected(transport) {
      for (const observer of observers) observer.connected(transport);
    },
    finished(record) {
      for (const observer of observers) observer.finished(record);
    },
    silent(record) {
      for (const observer of observers) observer.silent(record);
    },
    disconnected(transport) {
      for (const observer of observers) observer.disconnected(transport);
    },
    acceptFailed(transport, error) {
      for (const observer of observers) observer.acceptFailed(transport, error);
    },
  };
}
