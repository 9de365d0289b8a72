/** Slots at the beginning, if nothing is known of how many there will be. */
const firstSlots = 1_024;
/** Slots at least. Fewer could all be taken before they are `fullest`, and a search ends only at an empty one. */
const leastSlots = 8;
/** By which it grows. Twice would be quicker to reach, and leave more of the memory empty. */
const growth = 1.5;
/** Share of the slots that may be taken: beyond, searches would grow long. */
const fullest = 0.8;

const none: readonly number[] = [];

/**
 * Which numbers have a fingerprint: a hash table with open addressing in one flat array, at 8 bytes a slot, since
 * there are millions. It says where to look; whether it is really there must be asked of what the numbers stand for.
 *
 * Of a number only the low 32 bits are held, so those that are in it at one time must lie within 2³² of each other.
 */
export class FingerprintTable {
  /** Pairs of fingerprint and number; a fingerprint of 0 is an empty slot. */
  #slots: Uint32Array<ArrayBuffer>;
  #size = 0;
  /** Higher than all that are in it. */
  #next = 0;

  /** @param expected numbers that it has room for before it grows */
  constructor(expected = firstSlots * fullest) {
    this.#slots = new Uint32Array(2 * Math.max(leastSlots, Math.ceil(expected / fullest)));
  }

  get size(): number {
    return this.#size;
  }

  /**
   * @param fingerprint 32 bits, evenly distributed
   * @param number a whole number, not below those added before
   */
  add(fingerprint: number, number: number): void {
    if (this.#size >= fullest * this.#capacity) this.#grow();
    this.#put(fingerprint >>> 0 || 1, number >>> 0);
    this.#size += 1;
    this.#next = number + 1;
  }

  /** Numbers that were added with this fingerprint, in no order. */
  numbers(fingerprint: number): readonly number[] {
    const wanted = fingerprint >>> 0 || 1;
    let found: number[] | undefined;
    for (let slot = this.#home(wanted); this.#fingerprintIn(slot) !== 0; slot = this.#after(slot)) {
      if (this.#fingerprintIn(slot) !== wanted) continue;
      found ??= [];
      found.push(this.#next - ((this.#next - this.#numberIn(slot)) >>> 0));
    }
    return found ?? none;
  }

  /** Without effect where it is not there. */
  delete(fingerprint: number, number: number): void {
    const wanted = fingerprint >>> 0 || 1;
    let slot = this.#home(wanted);
    while (this.#fingerprintIn(slot) !== wanted || this.#numberIn(slot) !== number >>> 0) {
      if (this.#fingerprintIn(slot) === 0) return;
      slot = this.#after(slot);
    }
    this.#vacate(slot);
    this.#size -= 1;
  }

  get #capacity(): number {
    return this.#slots.length / 2;
  }

  #fingerprintIn(slot: number): number {
    return this.#slots[2 * slot] ?? 0;
  }

  #numberIn(slot: number): number {
    return this.#slots[2 * slot + 1] ?? 0;
  }

  /** Where a search begins. */
  #home(fingerprint: number): number {
    return Math.floor((fingerprint / 2 ** 32) * this.#capacity);
  }

  #after(slot: number): number {
    return slot + 1 === this.#capacity ? 0 : slot + 1;
  }

  /** Steps from one slot to another. */
  #steps(from: number, to: number): number {
    return to < from ? to - from + this.#capacity : to - from;
  }

  #put(fingerprint: number, low: number): void {
    let slot = this.#home(fingerprint);
    while (this.#fingerprintIn(slot) !== 0) slot = this.#after(slot);
    this.#slots[2 * slot] = fingerprint;
    this.#slots[2 * slot + 1] = low;
  }

  /** No search may meet an empty slot before its end, so those behind move up (Knuth, TAOCP 6.4, algorithm R). */
  #vacate(empty: number): void {
    let gap = empty;
    for (let slot = this.#after(gap); this.#fingerprintIn(slot) !== 0; slot = this.#after(slot)) {
      const fingerprint = this.#fingerprintIn(slot);
      if (this.#steps(this.#home(fingerprint), slot) < this.#steps(gap, slot)) continue;
      this.#slots[2 * gap] = fingerprint;
      this.#slots[2 * gap + 1] = this.#numberIn(slot);
      gap = slot;
    }
    this.#slots[2 * gap] = 0;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(2 * Math.floor(growth * this.#capacity));
    for (let index = 0; index < before.length; index += 2) {
      const fingerprint = before[index] ?? 0;
      if (fingerprint !== 0) this.#put(fingerprint, before[index + 1] ?? 0);
    }
    // Gives its memory back now: V8 would have all that were outgrown wait for its next collection of what is old.
    before.buffer.transfer(0);
  }
}
