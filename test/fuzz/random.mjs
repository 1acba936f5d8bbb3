// Numbers that look random and are the same on every machine: a case is its subject, its number and the seed.

/** FNV-1a of a text. */
function hash(text) {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** mulberry32 (Tommy Ettinger, public domain), and what mutations draw from it. */
export class Random {
  #state;

  constructor(...key) {
    this.#state = hash(key.join('/'));
  }

  /** In [0, 1). */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer in [0, below). */
  below(below) {
    return Math.floor(this.next() * below);
  }

  chance(share) {
    return this.next() < share;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  /** Small lengths are likelier than large ones, but large ones occur. */
  length(most) {
    return Math.min(most, Math.floor(2 ** (this.next() * Math.log2(Math.max(2, most + 1)))));
  }

  bytes(length) {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}
