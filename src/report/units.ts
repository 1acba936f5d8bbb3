/** A figure with a minus sign (U+2212) where it has a hyphen; one that rounds to zero has no sign. */
function withMinus(text: string): string {
  if (!text.startsWith('-')) return text;
  return (/[1-9]/.test(text) ? '−' : '') + text.slice(1);
}

/** Three significant digits, trailing zeros kept so that columns line up: 1.23, 12.3, 123. */
function threeDigits(value: number): string {
  const size = Math.abs(value);
  return withMinus(value.toFixed(size < 9.995 ? 2 : size < 99.95 ? 1 : 0));
}

const TIME_UNITS: readonly (readonly [name: string, ns: number])[] = [
  ['µs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
];

/** A duration for people: `412 ns`, `1.23 µs`, `45.6 ms`, `881 ms`, `12.3 s`, `4 min 05 s`; `−1.23 µs`. */
export function formatNs(ns: number): string {
  if (Math.abs(ns) < 999.5) return withMinus(`${Math.round(ns)} ns`);
  for (const [name, size] of TIME_UNITS) {
    if (Math.abs(ns) < 999.5 * size) return `${threeDigits(ns / size)} ${name}`;
  }
  const seconds = Math.round(ns / 1e9);
  return withMinus(`${Math.trunc(seconds / 60)} min ${String(Math.abs(seconds) % 60).padStart(2, '0')} s`);
}

/** Exact nanoseconds, grouped: `12,345,678,901`. */
export function formatExact(value: number): string {
  return withMinus(value.toLocaleString('en-US', { maximumFractionDigits: 0 }));
}

export function formatPercent(share: number): string {
  return withMinus(`${(share * 100).toFixed(1)} %`);
}

/** `512 B`, `1.21 MB`: powers of ten, as disks and links are sold. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  for (const unit of ['B', 'kB', 'MB', 'GB', 'TB']) {
    if (Math.abs(value) < 999.5 || unit === 'TB') {
      return unit === 'B' ? withMinus(`${value} B`) : `${threeDigits(value)} ${unit}`;
    }
    value /= 1000;
  }
  throw new Error('unreachable');
}

/** `1 gap`, `1,234 gaps`. */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${formatExact(count)} ${count === 1 ? noun : many}`;
}
