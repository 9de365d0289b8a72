/** What a command says that reads from a terminal, where it would seem to hang; undefined for any other input. */
export function terminalNotice(path: string, isTerminal: boolean): string | undefined {
  return path === "-" && isTerminal ? "reading standard input; Ctrl-D ends it" : undefined;
}
