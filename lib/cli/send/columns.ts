/** Where wide characters begin, such as those of Chinese, Japanese and Korean (Unicode Standard Annex #11). */
const firstWide = 0x1100;
/** Punctuation, arrows and mathematical operators among them are not: `…` is one. */
const narrowAgain = { first: 0x2000, last: 0x22ff };

/**
 * Columns that a text takes on a terminal at most: some of the characters that count two here take one, or none. A line that is a
 * column too long scrolls the terminal each time it is drawn.
 */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += widthOf(character);
  return columns;
}

/** As much of the beginning of a text as certainly fits. */
export function cutToColumns(text: string, columns: number): string {
  let left = columns;
  let cut = "";
  for (const character of text) {
    left -= widthOf(character);
    if (left < 0) break;
    cut += character;
  }
  return cut;
}

function widthOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  return code < firstWide || (code >= narrowAgain.first && code <= narrowAgain.last) ? 1 : 2;
}
