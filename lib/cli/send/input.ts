/** One thing to send, and the files that belong to it. */
export interface SendInput {
  /** `-` for standard input. */
  readonly path: string;
  /** undefined where nothing is remembered between runs. */
  readonly statePath: string | undefined;
  readonly rejectedPath: string;
}
