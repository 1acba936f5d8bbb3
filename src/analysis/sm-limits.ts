import type { Device } from '../trace/trace.js';
import { allocationRules, type AllocationRules } from './compute-capability.js';

/** What an SM of a device holds at most, and how it hands it out. */
export interface SmLimits {
  readonly sms: number;
  readonly warpSize: number;
  readonly maxWarps: number;
  readonly maxBlocks: number;
  readonly maxThreadsPerBlock: number;
  readonly registers: number;
  readonly registersPerBlock: number;
  /** Bytes, at the largest carve-out. */
  readonly shared: number;
  readonly rules: AllocationRules;
}

/** Field → key in the trace's `devices` (`docs/trace-format.md`). */
const KEYS = {
  sms: 'sms',
  warpSize: 'warpSize',
  maxWarps: 'maxWarpsPerSm',
  maxBlocks: 'maxBlocksPerSm',
  maxThreadsPerBlock: 'maxThreadsPerBlock',
  registers: 'maxRegistersPerSm',
  registersPerBlock: 'maxRegistersPerBlock',
  shared: 'maxSharedPerSm',
} as const;

/** The limits of a device, or a few words on why they are not known. */
export function smLimits(device: Device | undefined): SmLimits | string {
  if (device === undefined || device.limits.size === 0) return "the trace has none of the device's limits";
  const { limits } = device;
  const missing = [...Object.values(KEYS), 'computeMajor', 'computeMinor'].filter(
    (key) => !((limits.get(key) ?? -1) >= (key === 'computeMinor' ? 0 : 1)),
  );
  if (missing.length > 0) return `the trace lacks the device's ${missing.join(', ')}`;
  const major = limits.get('computeMajor')!;
  const minor = limits.get('computeMinor')!;
  const rules = allocationRules(major, minor);
  if (rules === undefined) return `compute capability ${major}.${minor} is not known`;
  const numbers = Object.fromEntries(
    Object.entries(KEYS).map(([field, key]) => [field, limits.get(key)!]),
  ) as Record<keyof typeof KEYS, number>;
  return { ...numbers, rules };
}
