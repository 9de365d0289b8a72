import * as z from "zod/mini";
import { describeValue } from "./describe-value.ts";
import { InvalidMessageError } from "./invalid-message.ts";

/**
 * Puts a value through a schema of this folder.
 *
 * @param field the dotted path of the value itself, "" for the message
 * @throws {InvalidMessageError} that names the field at fault, what would be right and what was got
 */
export function check<Schema extends z.ZodMiniType>(
  schema: Schema,
  value: unknown,
  field: string,
): z.output<Schema> {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path ?? [];
  const name = [field, ...path].filter((part) => part !== "").join(".");
  throw new InvalidMessageError(
    name,
    `${name} ${issue?.message}, got ${describeValue(valueAt(value, path))}`,
  );
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === "object" && at !== null && Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined,
    value,
  );
}
