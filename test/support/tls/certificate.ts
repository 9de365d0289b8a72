import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/**
 * Of some hosts below `.test`, and of 0.0.0.0, which is this machine and yet none of its loopback addresses. Made by
 *
 *     openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out certificate.pem \
 *       -days 36500 -subj "/CN=Postern's tests" -addext "subjectAltName=DNS:sqs.test,DNS:gateway.test,DNS:sqs.us-east-1.test,IP:0.0.0.0"
 */
export const certificateFile = file("certificate.pem");

/** Of `localhost`, made in the same way. */
export function proxyCertificate() {
  return { cert: readFileSync(file("proxy-certificate.pem")), key: readFileSync(file("proxy-key.pem")) };
}

/** With its key, as TLS servers take it. */
export function serverCertificate() {
  return { cert: readFileSync(certificateFile), key: readFileSync(file("key.pem")) };
}
