// Texts that are still JSON, or nearly: other types, huge numbers, deep nesting, foreign and repeated keys.
import { damageBytes, splice } from './mutate-bytes.mjs';

const NUMBERS = [
  '0', '-0', '-1', '1', '0.5', '1e3', '1e-320', '1e999', '-1e999', '255', '256', '65535', '65536', '2147483647',
  '2147483648', '-2147483648', '4294967295', '4294967296', '9007199254740991', '9007199254740993', '1.7976931348623157e308',
  '18446744073709551615', '18446744073709551616', '-9223372036854775808', `1${'0'.repeat(400)}`, `0.${'0'.repeat(400)}1`,
  '12345678901234567890.123456789', '01', '+1', '.5', '1.', '0x10', 'NaN', 'Infinity', '-Infinity', '1_000',
]; // prettier-ignore
const OTHERS = ['null', 'true', 'false', '""', '"x"', '"7"', '[]', '{}', '[1,2,3]', '{"a":{"b":[1]}}', '', ',', '"', '}', ']', '//', '"\\u0000\\ud800\\uffff"', '"\\', '"__proto__"', '"\\u001b[2J\\n"']; // prettier-ignore
const KEYS = ['ph', 'cat', 'name', 'pid', 'tid', 'ts', 'dur', 'id', 'args', 'device', 'stream', 'context', 'correlation', 'grid', 'block', 'traceEvents', 'deviceProperties', 'baseTimeNanoseconds', 'bytes', 'cuda_sync_kind', 'graph id', 'graph node id', '__proto__', '']; // prettier-ignore
const PHASES = ['X', 'B', 'E', 'b', 'e', 'n', 'i', 'I', 's', 't', 'f', 'M', 'C', '', 'XX'];
const CATEGORIES = ['kernel', 'gpu_memcpy', 'gpu_memset', 'gpu_graph', 'cuda_runtime', 'cuda_driver', 'cuda_sync', 'overhead', 'user_annotation', 'cpu_op', 'python_function', 'gpu_user_annotation', 'ac2g', 'Trace', '']; // prettier-ignore

const FIELD = /"((?:[^"\\]|\\.)*)"(\s*:\s*)(-?[\d.eE+-]+|"(?:[^"\\]|\\.)*"|true|false|null)/g;

/** A field somewhere in the text, as offsets: of its name with quotes, and of its value. */
function anyField(bytes, random) {
  for (let tries = 0; tries < 8 && bytes.length > 0; tries++) {
    const at = random.below(bytes.length);
    const found = [...bytes.latin1Slice(at, Math.min(bytes.length, at + 2048)).matchAll(FIELD)];
    if (found.length === 0) continue;
    const match = random.pick(found);
    const from = at + match.index;
    const value = from + match[1].length + 2 + match[2].length;
    return { key: match[1], from, keyEnd: from + match[1].length + 2, value, end: value + match[3].length };
  }
  return undefined;
}

function newValue(field, random) {
  if (field.key === 'ph' && random.chance(0.7)) return `"${random.pick(PHASES)}"`;
  if (field.key === 'cat' && random.chance(0.7)) return `"${random.pick(CATEGORIES)}"`;
  if (random.chance(0.1)) return `"${'x'.repeat(random.length(1 << 20))}"`;
  return random.pick(random.chance(0.6) ? NUMBERS : OTHERS);
}

function nested(random) {
  const depth = random.length(400_000);
  const [open, close] = random.pick([
    ['[', ']'],
    ['{"a":', '}'],
    ['[{"args":', '}]'],
  ]);
  return open.repeat(depth) + '1' + (random.chance(0.5) ? close.repeat(depth) : '');
}

function changeField(bytes, random) {
  const field = anyField(bytes, random);
  if (field === undefined) return damageBytes(bytes, random);
  const put = (from, to, text) => splice(bytes, from, to, Buffer.from(text, 'latin1'));
  switch (random.below(6)) {
    case 0:
      return put(field.from, field.keyEnd, JSON.stringify(random.pick(KEYS)));
    case 1:
      return put(field.from, field.from, `${JSON.stringify(random.pick(KEYS))}:${newValue(field, random)},`);
    case 2:
      return random.chance(0.2)
        ? put(field.value, field.end, nested(random))
        : put(field.from, field.end, '');
    default:
      return put(field.value, field.end, newValue(field, random));
  }
}

export function damageJson(bytes, random) {
  let out = bytes;
  for (let n = random.length(24); n > 0; n--) out = changeField(out, random);
  return random.chance(0.15) ? damageBytes(out, random) : out;
}
