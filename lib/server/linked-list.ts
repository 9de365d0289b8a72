/** What can stand in one list at a time. Only the list changes its members. */
export abstract class Link<Self extends Link<Self>> {
  list: LinkedList<Self> | undefined;
  previous: Self | undefined;
  next: Self | undefined;
}

/**
 * Links in the order in which they came, each of which may leave at any time.
 *
 * A `Set` would do, but for V8's garbage collector. A table that lives long is soon in the old generation; where entries come
 * and go it is replaced again and again, and each time the old one, though nobody can reach it, keeps the new one and all
 * that stands in it from being collected with the young. So whatever was in the set for a moment would be kept, and copied,
 * until the next collection of everything: of a gateway's requests, each.
 */
export class LinkedList<Item extends Link<Item>> {
  #first: Item | undefined;
  #last: Item | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): Item | undefined {
    return this.#first;
  }

  /** @param item in no list */
  append(item: Item): void {
    item.list = this;
    item.previous = this.#last;
    if (this.#last === undefined) this.#first = item;
    else this.#last.next = item;
    this.#last = item;
    this.#size += 1;
  }

  /** Without effect where it is not in this list. */
  remove(item: Item): void {
    if (item.list !== this) return;
    const { previous, next } = item;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    // It may be kept for long, and would keep its neighbours.
    item.list = undefined;
    item.previous = undefined;
    item.next = undefined;
    this.#size -= 1;
  }

  /** All that are in it now, whatever becomes of them meanwhile. */
  items(): readonly Item[] {
    const items: Item[] = [];
    for (let item = this.#first; item !== undefined; item = item.next) items.push(item);
    return items;
  }
}
