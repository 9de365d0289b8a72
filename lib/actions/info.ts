import { acceptNames } from "../application/accept.ts";
import type { Action } from "../application/action.ts";
import { textAnswer } from "../application/respond.ts";

const about = "This is Postern, a gateway that takes messages in and puts them on a queue.";

/** Says what this is: text for tools, a page for browsers, whatever the method, as habitat did. */
export const info: Action = {
  name: "",
  methods: "any",
  summary: "what this is",
  perform(request, { actions }) {
    if (acceptNames(request.headers.get("accept"), "text/html")) {
      return { status: 200, contentType: "text/html; charset=utf-8", body: page(actions) };
    }
    return textAnswer(text(actions));
  },
};

function text(actions: readonly Action[]): string {
  const lines = actions.map(({ name, summary }) => `  ${`/${name}`.padEnd(16)}${summary}`);
  return `${about}\n\nActions:\n${lines.join("\n")}\n`;
}

/** Names and summaries come from this project, never from a client, so there is nothing to escape. */
function page(actions: readonly Action[]): string {
  const rows = actions
    .map(({ name, summary }) => `<tr><th scope="row"><code>/${name}</code></th><td>${summary}</td></tr>`)
    .join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Postern</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 10vh auto; padding: 0 1rem }
table { border-collapse: collapse }
th, td { text-align: left; padding: .3rem 2rem .3rem 0; font-weight: normal }
</style>
</head>
<body>
<h1>Postern</h1>
<p>${about}</p>
<table>
${rows}
</table>
</body>
</html>
`;
}
