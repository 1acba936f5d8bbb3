import type { Device } from '../../trace/trace.js';
import type { NsysDatabase, Row } from './nsys-database.js';
import { whole } from './ops.js';

const GPU = 'TARGET_INFO_GPU';
const CUDA_DEVICE = 'TARGET_INFO_CUDA_DEVICE';

/** Key of a device's limit (`docs/trace-format.md`) → column of TARGET_INFO_GPU. Bytes, hertz, bytes a second. */
const LIMITS: Readonly<Record<string, string>> = {
  computeMajor: 'computeMajor',
  computeMinor: 'computeMinor',
  sms: 'smCount',
  warpSize: 'threadsPerWarp',
  maxWarpsPerSm: 'maxWarpsPerSm',
  maxBlocksPerSm: 'maxBlocksPerSm',
  maxThreadsPerBlock: 'maxThreadsPerBlock',
  maxRegistersPerSm: 'maxRegistersPerSm',
  maxRegistersPerBlock: 'maxRegistersPerBlock',
  maxSharedPerSm: 'maxShmemPerSm',
  maxSharedPerBlock: 'maxShmemPerBlock',
  l2Bytes: 'l2CacheSize',
  memoryBytes: 'totalMemory',
  memoryBytesPerSecond: 'memoryBandwidth',
  coreClockHz: 'clockRate',
  copyEngines: 'asyncEngines',
};
const KEYS = Object.keys(LIMITS);

/**
 * The GPUs of a process by CUDA ordinal, which is what ops name. It is not the `id` of TARGET_INFO_GPU: a process
 * may see the GPUs in another order, or only some of them.
 */
export function devicesOf(db: NsysDatabase, pid: number): Device[] {
  const gpus = db.all(GPU, ['id', 'cuDevice', 'name', ...Object.values(LIMITS)]);
  const ordinals = new Map(
    db
      .all(CUDA_DEVICE, ['gpuId', 'cudaId', 'pid'])
      .filter(([, , owner]) => owner === pid)
      .map(([gpu, ordinal]) => [gpu, ordinal]),
  );
  const found = new Map<number, Device>();
  for (const gpu of gpus) {
    const ordinal = ordinals.size > 0 ? ordinals.get(gpu[0] ?? null) : gpu[1];
    if (typeof ordinal === 'number' && ordinal >= 0 && ordinal < 256 && !found.has(ordinal)) {
      found.set(ordinal, deviceOf(ordinal, gpu));
    }
  }
  return [...found.values()];
}

function deviceOf(id: number, [, , name, ...values]: Row): Device {
  const limits = new Map<string, number>();
  values.forEach((value, i) => {
    // A limit of 0 is one that the file does not know; a minor version of 0 is one.
    if (whole(value) > 0 || (KEYS[i] === 'computeMinor' && value === 0)) limits.set(KEYS[i]!, whole(value));
  });
  return { id, name: typeof name === 'string' && name !== '' ? name : `GPU ${id}`, limits };
}
