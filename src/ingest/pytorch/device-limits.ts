import type { Device } from '../../trace/trace.js';
import { parsed } from './file-headers.js';

/**
 * Resident blocks an SM, which the profiler does not record, by compute capability. Source: CUDA C++ Programming
 * Guide, "Technical Specifications per Compute Capability". What is not listed is not known.
 */
const MAX_BLOCKS_PER_SM: ReadonlyMap<string, number> = new Map([
  ['7.0', 32],
  ['7.5', 16],
  ['8.0', 32],
  ['8.6', 16],
  ['8.7', 16],
  ['8.9', 24],
  ['9.0', 32],
  ['10.0', 32],
  ['12.0', 24],
]);

/** Wavefronts of AMD's data centre GPUs; no NVIDIA GPU has warps of this size. */
const AMD_WARP = 64;

/**
 * The GPUs of `deviceProperties`. An AMD GPU keeps the numbers that mean the same there and loses the compute
 * capability: it would be taken for the NVIDIA GPU of that number, with that one's occupancy rules.
 */
export function devicesOf(json: string | undefined, isRocm: boolean): Device[] {
  const devices: Device[] = [];
  for (const entry of arrayOf(json)) {
    if (typeof entry !== 'object' || entry === null) continue;
    const fields = entry as Readonly<Record<string, unknown>>;
    const number = (...names: readonly string[]): number | undefined => {
      const value = names.map((name) => fields[name]).find((one) => typeof one === 'number');
      return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
    };
    const id = number('id');
    const isNew = id !== undefined && !devices.some((one) => one.id === id);
    if (!isNew || !Number.isInteger(id) || id > 255) continue;
    const isAmd = isRocm || number('warpSize') === AMD_WARP;
    const limits = new Map<string, number>();
    const set = (key: string, value: number | undefined): void => {
      if (value !== undefined) limits.set(key, value);
    };
    const major = number('computeMajor');
    const minor = number('computeMinor');
    const threads = number('maxThreadsPerMultiprocessor');
    const warp = number('warpSize');
    if (!isAmd) {
      set('computeMajor', major);
      set('computeMinor', minor);
      set('maxBlocksPerSm', MAX_BLOCKS_PER_SM.get(`${major}.${minor}`));
    }
    set('sms', number('numSms'));
    set('warpSize', warp);
    if (threads !== undefined && warp !== undefined && warp > 0) {
      set('maxWarpsPerSm', Math.floor(threads / warp));
    }
    set('maxThreadsPerBlock', number('maxThreadsPerBlock'));
    set('maxRegistersPerSm', number('regsPerMultiprocessor'));
    set('maxRegistersPerBlock', number('regsPerBlock'));
    set('maxSharedPerSm', number('sharedMemPerMultiprocessor', 'maxSharedMemoryPerMultiProcessor'));
    set('maxSharedPerBlock', number('sharedMemPerBlockOptin', 'sharedMemPerBlock'));
    set('memoryBytes', number('totalGlobalMem'));
    const name = typeof fields['name'] === 'string' ? fields['name'].trim() : '';
    devices.push({ id, name: name === '' ? `${isAmd ? 'AMD GPU' : 'GPU'} ${id}` : name, limits });
  }
  return devices;
}

function arrayOf(json: string | undefined): readonly unknown[] {
  const value = parsed(json);
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}
