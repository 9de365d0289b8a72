import * as z from "zod/mini";
import { describeValue } from "./describe-value.ts";
import { InvalidMessageError } from "./invalid-message.ts";

/**
 * Puts what a client sent through a schema of this folder.
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
  throw invalid(result.error, value, field);
}

/**
 * Holds what stands on the queue against a schema of this folder, backwards: only what the schema itself puts out will
 * do. Keys that the schema does not know are left off, so that the gateway can be newer than its consumers.
 *
 * @throws {InvalidMessageError} as `check` does
 */
export function checkStored(schema: z.ZodMiniType, value: unknown): unknown {
  const result = z.safeEncode(schema, value);
  if (result.success) return result.data;
  throw invalid(result.error, value, "");
}

function invalid(error: z.core.$ZodError, value: unknown, field: string): InvalidMessageError {
  const [issue] = error.issues;
  const path = issue?.path ?? [];
  const name = [field, ...path].filter((part) => part !== "").join(".");
  return new InvalidMessageError(
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
