// Packs: headers that say something else, with checksums that are right, and damage as in any file.
import { damageBytes, splice } from './mutate-bytes.mjs';

const BLOCK = 512;
const NAMES = [
  '../../x.arrows',
  '/etc/passwd',
  'a/b/c/ops.arrows',
  'ops.arrows',
  '\u0000',
  'x'.repeat(100),
  './ops.arrows',
  'CON',
  'ops.arrows/',
];
const SIZES = [
  '00000000000',
  '77777777777',
  '00000000001',
  '-0000000001',
  'xxxxxxxxxxx',
  '           ',
  '17777777777',
];
const TYPES = ['0', '1', '2', '3', '5', '6', 'x', 'g', 'L', 'K', 'S', '\u0000', '7', 'V'];

function headersOf(bytes) {
  const found = [];
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0;) {
    found.push(at);
    const size = Number.parseInt(bytes.latin1Slice(at + 124, at + 135), 8);
    at += BLOCK * (1 + Math.ceil((Number.isNaN(size) ? 0 : size) / BLOCK));
  }
  return found;
}

function changeHeader(header, random) {
  switch (random.below(5)) {
    case 0:
      header.fill(0, 0, 100).write(random.pick(NAMES), 0, 100, 'latin1');
      break;
    case 1:
      header.write(random.pick(SIZES), 124, 'latin1');
      break;
    case 2:
      // Sizes of 8 GB and more are binary, marked by the first bit.
      random.bytes(12).copy(header, 124);
      header[124] |= 0x80;
      break;
    case 3:
      header.write(random.pick(TYPES), 156, 'latin1');
      break;
    default:
      header[random.below(BLOCK)] = random.below(256);
  }
  if (random.chance(0.1)) return;
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148, 'latin1');
}

export function damageTar(bytes, random) {
  const headers = headersOf(bytes);
  if (headers.length === 0 || random.chance(0.3)) return damageBytes(bytes, random);
  let out = Buffer.from(bytes);
  for (let n = random.length(4); n > 0; n--) {
    const at = random.pick(headers);
    changeHeader(out.subarray(at, at + BLOCK), random);
  }
  if (random.chance(0.3)) {
    const i = random.below(headers.length);
    const [from, to] = [headers[i], headers[i + 1] ?? out.length];
    const at = random.pick(headers);
    out = random.chance(0.5)
      ? splice(out, from, to, Buffer.alloc(0))
      : splice(out, at, at, out.subarray(from, to));
  }
  return out;
}
