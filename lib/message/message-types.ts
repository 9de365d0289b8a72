import type * as z from "zod/mini";
import { listenerInfo } from "./listener-info.ts";
import { listenerTelem } from "./listener-telem.ts";
import { receivedTelem } from "./received-telem.ts";
import type { StoredMessage } from "./stored-message.ts";
import { telem } from "./telem.ts";

/** Every type there is, one line each. */
export const knownTypes = [receivedTelem, listenerInfo, listenerTelem, telem] as const;

/** Every type that a client may insert, and so every type that may stand on the queue. */
export const messageTypes = knownTypes.filter((type) => "data" in type);

/** Their names, as errors list them. */
export const typeNames = messageTypes.map(({ name }) => name).join(", ");

type MessageOf<Type> = Type extends {
  readonly name: infer Name extends string;
  readonly data: infer Data extends z.ZodMiniType;
}
  ? StoredMessage<Name, z.output<Data>>
  : never;

/** A message of a known type: discriminated by `type`. */
export type Message = MessageOf<(typeof messageTypes)[number]>;
