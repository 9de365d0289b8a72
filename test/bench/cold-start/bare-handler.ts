import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";

/** The least that takes a message from an HTTP API: no framework, no schema library, checks written by hand. */
export function bareHandler(send: (body: string) => Promise<void>) {
  return async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const text = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8").toString();
    const upload: unknown = JSON.parse(text);
    if (!isUpload(upload)) return { statusCode: 400, body: "Not a message" };
    await send(JSON.stringify(upload));
    return { statusCode: 200, headers: { "content-type": "text/plain" }, body: "OK" };
  };
}

function isUpload(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const { callsign, type, time_created, time_uploaded, data } = value as Record<string, unknown>;
  return (
    typeof callsign === "string" &&
    /^[A-Za-z0-9/_-]+$/.test(callsign) &&
    typeof type === "string" &&
    ["RECEIVED_TELEM", "LISTENER_INFO", "LISTENER_TELEM"].includes(type) &&
    Number.isInteger(time_created) &&
    Number.isInteger(time_uploaded) &&
    typeof data === "object" &&
    data !== null
  );
}
