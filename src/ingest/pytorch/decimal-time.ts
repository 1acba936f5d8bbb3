/** More digits than any time has; a longer number is not one. */
const MAX_DIGITS = 64;
const MAX_EXPONENT = 40;
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

/**
 * Nanoseconds of a decimal number of microseconds, exact, a half away from zero; undefined if it is no number, or
 * one beyond reason. For the forms that the byte scanner leaves (`1.7e15`, `+5`).
 */
export function decimalToNs(text: string): bigint | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', power = '0'] = match;
  const digits = whole + fraction;
  const exponent = Number(power) - fraction.length + 3;
  if (digits === '' || digits.length > MAX_DIGITS || Math.abs(Number(power)) > MAX_EXPONENT) return undefined;
  const mantissa = BigInt(digits);
  let ns: bigint;
  if (exponent >= 0) ns = mantissa * 10n ** BigInt(exponent);
  else {
    const unit = 10n ** BigInt(-exponent);
    ns = (mantissa + unit / 2n) / unit;
  }
  return sign === '-' ? -ns : ns;
}
