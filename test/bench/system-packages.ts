import { execFileSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * Sees to programs that are not npm's: installs what is missing where it may, as root on Debian.
 *
 * @param packages Debian's packages by the program that they bring
 * @throws {Error} that says what is missing
 */
export function needPrograms(packages: Readonly<Record<string, string>>): void {
  const missing = () => Object.keys(packages).filter((program) => !isThere(program));
  const names = missing().map((program) => packages[program] ?? program);
  if (names.length === 0) return;
  if (process.getuid?.() === 0 && isThere("apt-get")) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    execFileSync("apt-get", ["update", "-qq"], { env });
    execFileSync("apt-get", ["install", "-qq", "--no-install-recommends", ...names], { env });
  }
  if (missing().length > 0) throw new Error(`this benchmark needs ${missing().join(", ")} on the machine`);
}

/** Where root's programs are, which not every user's PATH names. */
const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"];

function isThere(program: string): boolean {
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
