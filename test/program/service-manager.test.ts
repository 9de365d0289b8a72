import { describe, expect, it } from "vitest";
import { serviceManager } from "../../lib/program/service-manager.ts";

function setUp(environment: Record<string, string>) {
  const told: string[] = [];
  const timers: { readonly task: () => void; readonly milliseconds: number; running: boolean }[] = [];
  const manager = serviceManager(
    environment,
    (file, args) => told.push([file, ...args].join(" ")),
    (task, milliseconds) => {
      const timer = { task, milliseconds, running: true };
      timers.push(timer);
      return () => {
        timer.running = false;
      };
    },
  );
  return { manager, told, timers };
}

describe("serviceManager", () => {
  it("tells nobody where nobody listens", () => {
    const { manager, told, timers } = setUp({ WATCHDOG_USEC: "30000000" });
    manager.ready();
    manager.stopping();
    expect([told, timers]).toEqual([[], []]);
  });

  it("tells that it is ready and that it stops", () => {
    const { manager, told, timers } = setUp({ NOTIFY_SOCKET: "@notify" });
    manager.ready();
    manager.stopping();
    expect(told[0]).toMatch(/^systemd-notify READY=1 /);
    expect(told[1]).toMatch(/^systemd-notify STOPPING=1 /);
    expect(timers).toEqual([]);
  });

  it("is not ready any more once it stops", () => {
    const { manager, told, timers } = setUp({ NOTIFY_SOCKET: "/run/n", WATCHDOG_USEC: "30000000" });
    manager.stopping();
    manager.ready();
    expect(told).toHaveLength(1);
    expect(timers).toEqual([]);
  });

  it("says that it is alive twice as often as the watchdog asks for, until it stops", () => {
    const { manager, told, timers } = setUp({ NOTIFY_SOCKET: "/run/n", WATCHDOG_USEC: "30000000" });
    manager.ready();
    expect(timers).toMatchObject([{ milliseconds: 15_000, running: true }]);
    timers[0]?.task();
    expect(told.at(-1)).toBe("systemd-notify WATCHDOG=1");
    manager.stopping();
    expect(timers).toMatchObject([{ running: false }]);
  });
});
