import { formatBytes, formatExact, formatNs, formatPercent } from '../../src/report/units.js';
import type { Fact } from '../engine/protocol.js';

/** A fact's value for people. */
export function factText({ value, unit }: Fact): string {
  if (typeof value === 'string') return value;
  switch (unit) {
    case 'ns':
      return formatNs(value);
    case 'bytes':
      return formatBytes(value);
    case 'bytesPerSecond':
      return `${formatBytes(value)}/s`;
    case 'share':
      return formatPercent(value);
    default:
      return Number.isInteger(value) ? formatExact(value) : String(value);
  }
}

/** The exact figure behind a rounded one. */
export function factHint({ value, unit }: Fact): string | undefined {
  if (typeof value !== 'number') return undefined;
  if (unit === 'ns') return `${formatExact(value)} ns`;
  if (unit === 'bytes') return `${formatExact(value)} B`;
  return undefined;
}
