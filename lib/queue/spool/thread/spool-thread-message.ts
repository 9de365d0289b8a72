import type { AskedQueue } from "../../sqs/asked-queue.ts";
import type { SpoolEvent } from "../spool-event.ts";
import type { AppendOutcome, SpoolReport } from "../spool-link.ts";
import type { PackedMessages } from "./packed-messages.ts";

/** To the spool's thread. */
export type SpoolRequest =
  | { readonly request: "append"; readonly messages: PackedMessages }
  | { readonly request: "ask" }
  | { readonly request: "close"; readonly patience: number };

/** From the spool's thread. They come in arrays: all of one turn of its event loop at once. */
export type SpoolReply =
  | { readonly reply: "opened"; readonly queue: AskedQueue }
  /** It has ended; `reason` is one line for the operator. */
  | { readonly reply: "not_opened"; readonly reason: string }
  | { readonly reply: "appended"; readonly outcome: AppendOutcome }
  | { readonly reply: "asked"; readonly queue: AskedQueue }
  | { readonly reply: "report"; readonly report: SpoolReport }
  | { readonly reply: "event"; readonly event: SpoolEvent }
  | { readonly reply: "closed" };
