const units = ["TiB", "GiB", "MiB", "KiB"] as const;

/** A number of bytes as an operator would write it in a setting: `3MiB`, or `1500` where no unit divides it. */
export function bytesAsWritten(bytes: number): string {
  for (const [index, unit] of units.entries()) {
    const size = 1024 ** (units.length - index);
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return String(bytes);
}
