import type { SmLimits } from './sm-limits.js';

/** What a launch asks of an SM. */
export interface BlockShape {
  readonly threads: number;
  /** Per thread, as launched: `setmaxnreg` moves registers between warps later, but not the block's sum. */
  readonly registers: number;
  /** Bytes a block, static and dynamic together. */
  readonly shared: number;
  /** The carve-out that the driver had set when the kernel ran, bytes; 0 where it was not recorded. */
  readonly sharedExecuted: number;
  /** Blocks a cluster; 0 or 1 without clusters. */
  readonly cluster: number;
}

/** What runs out first; of several the first in this order. */
export type Limiter = 'warps' | 'registers' | 'shared' | 'blocks';

/**
 * Where the SM's shared memory size comes from. `executed`: recorded. `inferred`: the recorded one is too
 * small for a single block, so the driver must have raised it: the smallest size that fits. `maximum`: not
 * recorded (graph nodes, other tools), so the most that the SM has.
 */
export type CarveOut = 'executed' | 'inferred' | 'maximum';

export interface Occupancy {
  /** Blocks that an SM holds at once; 0: such a block cannot run on this device. */
  readonly blocksPerSm: number;
  readonly warpsPerSm: number;
  /** `warpsPerSm` over the SM's most, 0 to 1. */
  readonly occupancy: number;
  readonly limiter: Limiter;
  /** How many blocks each resource alone would admit; absent where it sets no limit. */
  readonly limits: {
    readonly warps: number;
    readonly registers?: number;
    readonly shared?: number;
    readonly blocks: number;
  };
  readonly carveOut: CarveOut;
  /**
   * A cluster's blocks must be resident together on neighbouring SMs; how many SMs such a neighbourhood (GPC) has
   * differs from chip to chip and is not recorded. With clusters the numbers above are upper bounds.
   */
  readonly isUpperBound: boolean;
}

/**
 * Theoretical occupancy, as `cudaOccMaxActiveBlocksPerMultiprocessor` of NVIDIA's `cuda_occupancy.h` defines it
 * (facts P4–P8, `docs/kernels.md`): the least of what warps, registers, shared memory and block slots admit.
 */
export function occupancyOf(shape: BlockShape, limits: SmLimits): Occupancy {
  const warps = Math.ceil(shape.threads / limits.warpSize);
  const byWarps = shape.threads > limits.maxThreadsPerBlock ? 0 : Math.floor(limits.maxWarps / warps);
  const byRegisters = blocksByRegisters(shape.registers, warps, limits);
  const shared = blocksByShared(shape, limits);
  const candidates: readonly (readonly [Limiter, number])[] = [
    ['warps', byWarps],
    ['registers', byRegisters],
    ['shared', shared.blocks],
    ['blocks', limits.maxBlocks],
  ];
  const blocksPerSm = Math.min(...candidates.map(([, blocks]) => blocks));
  const warpsPerSm = blocksPerSm * warps;
  return {
    blocksPerSm,
    warpsPerSm,
    occupancy: warpsPerSm / limits.maxWarps,
    limiter: candidates.find(([, blocks]) => blocks === blocksPerSm)![0],
    limits: {
      warps: byWarps,
      ...(byRegisters === Infinity ? {} : { registers: byRegisters }),
      ...(shared.blocks === Infinity ? {} : { shared: shared.blocks }),
      blocks: limits.maxBlocks,
    },
    carveOut: shared.carveOut,
    isUpperBound: shape.cluster > 1,
  };
}

/** Registers are allocated by warp within one sub-partition; the launch check counts whole rows of them. */
function blocksByRegisters(perThread: number, warps: number, limits: SmLimits): number {
  const { registerGranularity, subPartitions } = limits.rules;
  if (perThread === 0) return Infinity;
  const perWarp = roundUp(perThread * limits.warpSize, registerGranularity);
  if (perWarp * roundUp(warps, subPartitions) > limits.registersPerBlock) return 0;
  const warpsPerPartition = Math.floor(limits.registers / subPartitions / perWarp);
  return Math.floor((warpsPerPartition * subPartitions) / warps);
}

function blocksByShared(
  { shared, sharedExecuted }: BlockShape,
  { rules, shared: most }: SmLimits,
): { blocks: number; carveOut: CarveOut } {
  const perBlock = roundUp(shared + rules.sharedReserved, rules.sharedGranularity);
  if (sharedExecuted >= perBlock && sharedExecuted > 0) {
    const blocks = perBlock === 0 ? Infinity : Math.floor(sharedExecuted / perBlock);
    return { blocks, carveOut: 'executed' };
  }
  if (perBlock === 0) return { blocks: Infinity, carveOut: 'maximum' };
  if (sharedExecuted === 0) return { blocks: Math.floor(most / perBlock), carveOut: 'maximum' };
  const size = rules.carveOuts.find((one) => one >= perBlock) ?? most;
  return { blocks: Math.floor(Math.min(size, most) / perBlock), carveOut: 'inferred' };
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
