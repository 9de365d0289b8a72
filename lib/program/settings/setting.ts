import type * as z from "zod/mini";

/** One thing that an operator can set: by flag, by environment variable, or not at all. */
export interface Setting<Schema extends z.ZodMiniType<unknown, string> = z.ZodMiniType<unknown, string>> {
  /** The flag with its placeholder, for example `--http <HOST:PORT>`. */
  readonly flag: `--${string}`;
  readonly variable: string;
  /** As one would write it; undefined where there is none. */
  readonly default?: string;
  /** May be given more than once; in the variable separated by white space. */
  readonly repeatable?: true;
  /** One line for `--help` and the README: units, special words. */
  readonly meaning: string;
  /** From the text that the operator wrote. Its messages say what is expected: `expected …`. */
  readonly schema: Schema;
}

/** `--http` of `--http <HOST:PORT>`. */
export function flagName(setting: Setting): string {
  return setting.flag.split(" ", 1)[0] ?? setting.flag;
}
