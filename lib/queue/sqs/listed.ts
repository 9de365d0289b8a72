/**
 * The elements of a list in an answer, of which only its type says that it is one: stand-ins of SQS that are written in Go answer
 * `null` for an empty list.
 */
export function listed<Element extends object>(
  list: readonly Element[] | null | undefined,
): readonly Element[] {
  return Array.isArray(list) ? list.filter((element) => typeof element === "object" && element !== null) : [];
}
