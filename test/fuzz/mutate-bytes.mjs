// Damage that any file can have: cut, flipped, overwritten, repeated, left out.

export function splice(bytes, from, to, put) {
  return Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(to)]);
}

const INTERESTING_32 = [
  0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe, 0x10000000,
];

const DAMAGES = {
  cut: (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  beheaded: (bytes, random) => bytes.subarray(random.length(bytes.length)),
  flipped(bytes, random) {
    const out = Buffer.from(bytes);
    for (let n = random.length(64); n > 0; n--) out[random.below(out.length)] ^= 1 << random.below(8);
    return out;
  },
  flippedInHead(bytes, random) {
    const out = Buffer.from(bytes);
    const head = Math.min(out.length, 4096);
    for (let n = random.length(16); n > 0; n--) out[random.below(head)] = random.below(256);
    return out;
  },
  overwritten(bytes, random) {
    const out = Buffer.from(bytes);
    const from = random.below(out.length);
    const length = random.length(Math.min(8192, out.length - from));
    if (random.chance(0.5)) random.bytes(length).copy(out, from);
    else out.fill(random.pick([0, 0xff, 0x20, 0xa5]), from, from + length);
    return out;
  },
  leftOut(bytes, random) {
    const from = random.below(bytes.length);
    return splice(bytes, from, from + random.length(bytes.length - from), Buffer.alloc(0));
  },
  repeated(bytes, random) {
    const from = random.below(bytes.length);
    const part = bytes.subarray(from, from + random.length(Math.min(65_536, bytes.length - from)));
    return splice(bytes, from, from, part);
  },
  moved(bytes, random) {
    const from = random.below(bytes.length);
    const part = bytes.subarray(from, from + random.length(Math.min(65_536, bytes.length - from)));
    const to = random.below(bytes.length);
    return splice(bytes, to, Math.min(bytes.length, to + part.length), part);
  },
  word(bytes, random) {
    const out = Buffer.from(bytes);
    for (let n = random.length(8); n > 0 && out.length >= 8; n--) {
      const at = random.below(out.length >> 2) * 4;
      if (at + 4 > out.length) continue;
      const value = random.chance(0.3) ? out.length : random.pick(INTERESTING_32);
      if (random.chance(0.5)) out.writeUInt32LE(value >>> 0, at);
      else out.writeUInt32BE(value >>> 0, at);
    }
    return out;
  },
};

export function damageBytes(bytes, random) {
  if (bytes.length === 0) return random.bytes(random.length(64));
  return DAMAGES[random.pick(Object.keys(DAMAGES))](bytes, random);
}
