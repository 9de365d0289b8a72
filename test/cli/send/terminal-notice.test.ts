import { expect, it } from "vitest";
import { terminalNotice } from "../../../lib/cli/send/terminal-notice.ts";

it("tells whoever has given no file what is waited for, where that is their keyboard", () => {
  const notice = "reading standard input; Ctrl-D ends it";
  expect(terminalNotice("-", true)).toBe(notice);
  expect(terminalNotice("-", false)).toBeUndefined();
  expect(terminalNotice("file", true)).toBeUndefined();
});
