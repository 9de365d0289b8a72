import type * as z from "zod/mini";
import { listenerInfo } from "./listener-info.ts";
import { listenerTelem } from "./listener-telem.ts";
import { receivedTelem } from "./received-telem.ts";
import type { StoredMessage } from "./stored-message.ts";

/** Every type that a client may insert, one line each. */
export const messageTypes = [receivedTelem, listenerInfo, listenerTelem] as const;

/** Types that exist, but that only the system behind the queue makes: TELEM is what it parses out of RECEIVED_TELEM. */
export const forbiddenTypes: readonly string[] = ["TELEM"];

type MessageOf<Type> = Type extends {
  readonly name: infer Name extends string;
  readonly data: infer Data extends z.ZodMiniType;
}
  ? StoredMessage<Name, z.output<Data>>
  : never;

/** A message of a known type: discriminated by `type`. */
export type Message = MessageOf<(typeof messageTypes)[number]>;
