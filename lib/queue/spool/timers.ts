/** Takes back what was planned; without effect once it has happened. */
export type Cancel = () => void;

/** Where waiting comes from. Passed in, so that tests need no sleeping. */
export interface Timers {
  /** Calls back once, not before `milliseconds` from now and never within this call. */
  after(milliseconds: number, callback: () => void): Cancel;
}

export const systemTimers: Timers = {
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};
