/** Suffix that the C++ ABI's demangler gives an integer of a type. */
const SUFFIX: Readonly<Record<string, string>> = {
  int: '',
  'unsigned int': 'u',
  long: 'l',
  'unsigned long': 'ul',
  'long long': 'll',
  'unsigned long long': 'ull',
};

const CAST = /\((bool|(?:unsigned )?(?:int|long long|long))\)(-?\d+)/g;
const LAMBDA = /\[lambda(\((?:[^()]|\([^()]*\))*\)) \(instance (\d+)\)\]/g;

/**
 * A demangled kernel name in the spelling of the C++ ABI's demangler, which other recorders use: the same kernel then
 * has the same name whoever recorded it. `<unnamed>`, `(int)4`, `(bool)0`, `[lambda(float) (instance 2)]`, `char *` →
 * `(anonymous namespace)`, `4`, `false`, `{lambda(float)#2}`, `char*`.
 */
export function kernelSpelling(name: string): string {
  return name
    .replaceAll('<unnamed>', '(anonymous namespace)')
    .replace(CAST, (_, type: string, value: string) =>
      type === 'bool' ? String(value !== '0') : `${value}${SUFFIX[type]}`,
    )
    .replace(LAMBDA, '{lambda$1#$2}')
    .replaceAll('operator ()', 'operator()')
    .replace(/ ([*&])/g, '$1');
}
