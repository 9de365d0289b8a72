import type { Action } from "../application/action.ts";
import { jsonAnswer } from "../application/respond.ts";

/** Whether messages can be accepted now, and what an operator would ask next. */
export interface Health {
  readonly accepting: boolean;
  readonly [detail: string]: unknown;
}

/** `200` while messages can be accepted, else `503`: for load balancers and for people. */
export function healthAction(health: () => Health | Promise<Health>): Action {
  return {
    name: "health",
    methods: ["GET"],
    summary: "whether messages can be accepted",
    async perform() {
      const state = await health();
      return jsonAnswer(state, state.accepting ? 200 : 503);
    },
  };
}
