/** What the hardware does not report of itself, and occupancy depends on. */
export interface AllocationRules {
  /** Registers are handed out to a warp in multiples of this. */
  readonly registerGranularity: number;
  /** The register file is split over so many parts of an SM; a warp lives in one. */
  readonly subPartitions: number;
  /** Shared memory is handed out to a block in multiples of this, bytes. */
  readonly sharedGranularity: number;
  /** Shared memory that the driver keeps of every block, bytes. */
  readonly sharedReserved: number;
  /** Sizes that an SM's shared memory can be set to, bytes, ascending. */
  readonly carveOuts: readonly number[];
}

const KIB = 1024;
const kib = (...sizes: number[]): readonly number[] => sizes.map((size) => size * KIB);

const VOLTA = { registerGranularity: 256, subPartitions: 4, sharedGranularity: 256, sharedReserved: 0 };
const AMPERE = { registerGranularity: 256, subPartitions: 4, sharedGranularity: 128, sharedReserved: KIB };
const UP_TO_100 = kib(0, 8, 16, 32, 64, 100);
const UP_TO_228 = kib(0, 8, 16, 32, 64, 100, 132, 164, 196, 228);

/**
 * By compute capability. Source: `cuda_occupancy.h` of CUDA 13.0 (`cudaOccRegAllocationGranularity`,
 * `cudaOccSubPartitionsPerMultiprocessor`, `cudaOccSMemAllocationGranularity`,
 * `cudaOccAlignUpShmemSizeVoltaPlus`); the reserve is `cudaDeviceProp::reservedSharedMemPerBlock`, 1 KiB from
 * 8.0 on (CUDA programming guide). What is not listed is not known, and is not guessed from its neighbours.
 */
const RULES: ReadonlyMap<string, AllocationRules> = new Map([
  ['7.0', { ...VOLTA, carveOuts: kib(0, 8, 16, 32, 64, 96) }],
  ['7.5', { ...VOLTA, carveOuts: kib(32, 64) }],
  ['8.0', { ...AMPERE, carveOuts: kib(0, 8, 16, 32, 64, 100, 132, 164) }],
  ['8.6', { ...AMPERE, carveOuts: UP_TO_100 }],
  ['8.9', { ...AMPERE, carveOuts: UP_TO_100 }],
  ['9.0', { ...AMPERE, carveOuts: UP_TO_228 }],
  ['10.0', { ...AMPERE, carveOuts: UP_TO_228 }],
  ['12.0', { ...AMPERE, carveOuts: UP_TO_100 }],
]);

export function allocationRules(major: number, minor: number): AllocationRules | undefined {
  return RULES.get(`${major}.${minor}`);
}
