import { serveSettings } from "../program/settings/serve-settings.ts";
import { sendSettings } from "./send/settings.ts";

const known: ReadonlySet<string> = new Set(
  [...Object.values(serveSettings), ...Object.values(sendSettings)].map(({ variable }) => variable),
);

/** What Kubernetes sets in every container beside a service of the name `postern`. */
const ofKubernetes = /^POSTERN_(?:SERVICE_|PORT$|PORT_)/;

/** Variables that look like settings and are none, most likely misspelt: each would be ignored without a word. */
export function unknownVariables(
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  return Object.keys(environment).filter(
    (name) => name.startsWith("POSTERN_") && !known.has(name) && !ofKubernetes.test(name),
  );
}
