import { constants } from "node:os";

const errno = -constants.errno.EDQUOT;
const code = `Unknown system error ${errno}`;

/** What Node says of a quota that is used up: libuv has no name for it. */
export const quotaUsedUp = Object.assign(new Error(`${code}: ${code}, write`), {
  errno,
  code,
  syscall: "write",
});
