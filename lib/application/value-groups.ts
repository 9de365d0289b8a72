import { comma } from "./json-scan.ts";
import { decodeUtf8 } from "./parse-json.ts";
import { type ParsedItem, type ParsedItems, parsedItem } from "./parsed-items.ts";

/** Values that stand one after the other in a text, few enough to be parsed at once. */
interface ValueGroup {
  /** Offsets of the byte before the first of them, of the one between each two, and of the one behind the last. */
  readonly separators: readonly number[];
  /** Whether they may be parsed as one array. */
  readonly together: boolean;
}

/** Bytes after which a group ends. */
const groupBytes = 65_536;

/** Where the values of a text stand. They are gathered in their order, and then parsed, some at a time. */
export class ValueGroups {
  readonly #text: Uint8Array;
  readonly #groups: ValueGroup[] = [];
  #separators: number[];
  #together = true;
  #count = 0;

  /** @param before offset of the byte before the first value; -1 where there is none */
  constructor(text: Uint8Array, before: number) {
    this.#text = text;
    this.#separators = [before];
  }

  get count(): number {
    return this.#count;
  }

  /** Offset of the byte before the next value. */
  get before(): number {
    return this.#separators.at(-1) ?? -1;
  }

  /**
   * @param end offset of the byte behind the value
   * @param together whether, put into an array, it would be one element and no other's part
   */
  add(end: number, together: boolean): void {
    this.#separators.push(end);
    this.#together &&= together;
    this.#count += 1;
    if (end - (this.#separators[0] ?? 0) >= groupBytes) this.skipTo(end);
  }

  /** What stands before this offset and has not been added is no value. */
  skipTo(before: number): void {
    if (this.#separators.length > 1) {
      this.#groups.push({ separators: this.#separators, together: this.#together });
    }
    this.#separators = [before];
    this.#together = true;
  }

  /** All that were added. */
  items(): ParsedItems {
    this.skipTo(this.before);
    const [text, groups] = [this.#text, this.#groups];
    return { count: this.#count, groups: parsedGroups(text, groups) };
  }
}

function* parsedGroups(text: Uint8Array, groups: readonly ValueGroup[]): Iterable<Iterable<ParsedItem>> {
  for (const group of groups) yield itemsTogether(text, group) ?? itemsApart(text, group);
}

/** Parsed at once, which takes a third of the time that they take one by one; undefined when one of them is bad. */
function itemsTogether(
  text: Uint8Array,
  { separators, together }: ValueGroup,
): readonly ParsedItem[] | undefined {
  if (!together) return undefined;
  const first = (separators[0] ?? 0) + 1;
  const list = Buffer.from(text.subarray(first, separators.at(-1)));
  for (const separator of separators.slice(1, -1)) list[separator - first] = comma;
  const values = parsedList(list);
  return values?.length === separators.length - 1 ? values.map(goodItem) : undefined;
}

function goodItem(value: unknown): ParsedItem {
  return { value };
}

function parsedList(list: Uint8Array): readonly unknown[] | undefined {
  const text = decodeUtf8(list);
  try {
    return text === undefined ? undefined : JSON.parse(`[${text}]`);
  } catch {
    return undefined;
  }
}

function* itemsApart(text: Uint8Array, { separators }: ValueGroup): Iterable<ParsedItem> {
  for (const [index, end] of separators.entries()) {
    if (index > 0) yield parsedItem(text.subarray((separators[index - 1] ?? 0) + 1, end));
  }
}
