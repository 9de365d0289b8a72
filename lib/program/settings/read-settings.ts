import * as z from "zod/mini";
import { ConfigurationError } from "../../platform/configuration-error.ts";
import { flagName, type Setting } from "./setting.ts";

export type Settings = Readonly<Record<string, Setting>>;

/** The values of a table of settings, each as its schema puts it out. */
export type Values<Table extends Settings> = {
  readonly [Name in keyof Table]: Table[Name]["repeatable"] extends true
    ? readonly z.output<Table[Name]["schema"]>[]
    : Table[Name]["default"] extends string
      ? z.output<Table[Name]["schema"]>
      : z.output<Table[Name]["schema"]> | undefined;
};

/**
 * Takes each setting from its flag, else from its environment variable (an empty one counts as unset), else its default.
 *
 * @throws {ConfigurationError} one line for each setting that cannot be used
 */
export function readSettings<Table extends Settings>(
  table: Table,
  flags: Readonly<Record<string, string | readonly string[] | undefined>>,
  environment: Readonly<Record<string, string | undefined>>,
): Values<Table> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(table)) {
    const { source, texts } = written(setting, flags[name], environment[setting.variable]);
    const parsed = texts.map((text) => {
      const result = z.safeParse(setting.schema, text);
      if (!result.success)
        problems.push(`${source}: ${expectation(result.error)}, got ${JSON.stringify(text)}`);
      return result.data;
    });
    values[name] = setting.repeatable ? parsed : parsed[0];
  }
  if (problems.length > 0) throw new ConfigurationError(problems.join("\n"));
  return values as Values<Table>;
}

function written(
  setting: Setting,
  flag: string | readonly string[] | undefined,
  variable: string | undefined,
): { readonly source: string; readonly texts: readonly string[] } {
  if (flag !== undefined) return { source: flagName(setting), texts: [flag].flat() };
  const source = `${setting.variable} (${flagName(setting)})`;
  if (variable === undefined || variable === "") {
    return { source, texts: setting.default === undefined ? [] : [setting.default] };
  }
  return { source, texts: setting.repeatable ? variable.trim().split(/\s+/) : [variable] };
}

function expectation(error: z.core.$ZodError): string {
  return error.issues[0]?.message ?? "unusable";
}
