import { addClientHeader } from "../application/client-headers.ts";

/** Header values by name, in whatever case: one each, several each, or null where a client sent none. */
export interface EventHeaders {
  readonly headers?: Readonly<Record<string, string | undefined>> | null | undefined;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null | undefined;
}

/**
 * An event's headers as the core has them. Where an event has both forms, the single one holds only the last value of
 * a repeated header, so the multiple one is believed.
 */
export function eventHeaders({ headers, multiValueHeaders }: EventHeaders): Map<string, string> {
  const result = new Map<string, string>();
  for (const [name, value] of Object.entries(multiValueHeaders ?? headers ?? {})) {
    const values = typeof value === "string" ? [value] : (value ?? []);
    for (const each of values) addClientHeader(result, name.toLowerCase(), each);
  }
  return result;
}
