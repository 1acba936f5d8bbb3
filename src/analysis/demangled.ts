/** A demangled kernel name, taken apart: `void a::b<int, c<4> >(int)` → `a::b` and its arguments. */
export interface Demangled {
  /** Without return type, template arguments and parameters. */
  readonly qualified: string;
  /** The last part of it. */
  readonly base: string;
  readonly args: readonly string[];
}

const ANONYMOUS = /\(anonymous namespace\)::/g;
/** What a return type may look like in front of a name: words, with neither brackets nor a scope. */
const RETURN_TYPE = /^(?:void|bool|int|unsigned|float|double|auto) +/;

export function demangled(name: string): Demangled {
  const plain = name.replace(ANONYMOUS, '').replace(RETURN_TYPE, '').trim();
  const end = plain.search(/[<(]/);
  const qualified = end > 0 ? plain.slice(0, end).trim() : plain;
  const args = end > 0 && plain[end] === '<' ? templateArguments(plain, end) : [];
  return { qualified, base: qualified.split('::').at(-1) ?? qualified, args };
}

/** The arguments of the template list that opens at `open`, as they are written. */
function templateArguments(text: string, open: number): string[] {
  const args: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let i = open; i < text.length; i++) {
    const char = text[i]!;
    if (char === '<' || char === '(' || char === '{') depth++;
    // `->` and `operator>` are not brackets.
    else if (char === ')' || char === '}' || (char === '>' && text[i - 1] !== '-')) depth--;
    if (depth === 0 || (depth === 1 && char === ',')) {
      args.push(text.slice(start, i).trim());
      start = i + 1;
    }
    if (depth === 0) break;
  }
  return args.filter((arg) => arg !== '');
}

const DTYPES: Readonly<Record<string, string>> = {
  float: 'f32',
  double: 'f64',
  'c10::Half': 'f16',
  __half: 'f16',
  half: 'f16',
  half_t: 'f16',
  'cutlass::half_t': 'f16',
  'c10::BFloat16': 'bf16',
  __nv_bfloat16: 'bf16',
  'cutlass::bfloat16_t': 'bf16',
  'c10::Float8_e4m3fn': 'e4m3',
  'c10::Float8_e5m2': 'e5m2',
  __nv_fp8_e4m3: 'e4m3',
  __nv_fp8_e5m2: 'e5m2',
  'c10::complex<float>': 'c64',
  'c10::complex<double>': 'c128',
  bool: 'bool',
  char: 'i8',
  'signed char': 'i8',
  'unsigned char': 'u8',
  short: 'i16',
  int: 'i32',
  long: 'i64',
  'long long': 'i64',
};

/** `c10::BFloat16` → `bf16`; an opaque type by its size; undefined for what is not a number's type. */
export function dtypeOf(type: string): string | undefined {
  const trimmed = type.replace(/ +>/g, '>').trim();
  const opaque = /OpaqueType<(\d+)u?>$/.exec(trimmed);
  return opaque === null ? DTYPES[trimmed] : `${opaque[1]}B`;
}
