const codes = /^CERT_|SELF_SIGNED_CERT|^UNABLE_TO_|^ERR_TLS_CERT/;

/** Whether an error of this code says that a server's certificate was not accepted, so that nothing was sent. */
export function isNotTrusted(code: string): boolean {
  return codes.test(code);
}

/** Node's words for a chain that ends with nobody whom it trusts, with or without its hint for those who start it themselves. */
const ownAuthority =
  /^((?:self-signed certificate|unable to (?:get|verify) [a-z ]*certificate)[a-z ]*)(?:$|;)/;

/** @returns what TLS says, with what an operator can do where a certificate is signed by an authority that is not the world's */
export function withCertificateAdvice(line: string): string {
  const [, words] = ownAuthority.exec(line) ?? [];
  if (words === undefined) return line;
  return `${words}; if it is signed by an authority of your own, set NODE_USE_SYSTEM_CA=1 to trust those that this system trusts, or NODE_EXTRA_CA_CERTS`;
}
