import { isThisMachine } from "../platform/url-host.ts";
import type { Gateway } from "./gateway.ts";
import type { GatewayAddress } from "./gateway-address.ts";
import { httpGateway } from "./http-gateway.ts";
import { scgiGateway } from "./scgi-gateway.ts";

export function openGateway(address: GatewayAddress): Gateway {
  return address.kind === "http"
    ? httpGateway(address.text, address.url, !isThisMachine(address.url))
    : scgiGateway(address.text, address.to);
}
