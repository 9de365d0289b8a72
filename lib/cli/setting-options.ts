import { type Command, Option } from "commander";
import type { Settings } from "../program/settings/read-settings.ts";
import type { Setting } from "../program/settings/setting.ts";

/** Gives a command one option for each setting; what is written after it is checked later, with the environment's. */
export function addSettings(command: Command, table: Settings): Command {
  for (const setting of Object.values(table)) command.addOption(optionFor(setting));
  return command;
}

function optionFor(setting: Setting): Option {
  const fallback = setting.default === undefined ? "" : `, default ${setting.default}`;
  const option = new Option(setting.flag, `${setting.meaning} [$${setting.variable}${fallback}]`);
  if (setting.repeatable) {
    option.argParser((text: string, earlier: readonly string[] | undefined) => [...(earlier ?? []), text]);
  }
  return option;
}
