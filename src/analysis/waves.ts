/**
 * How a kernel's blocks meet the device.
 *
 * - `persistent`: as many blocks as fit, each looping over the work itself: no waves, no tail
 * - `waves`: more blocks than fit at once, so they run in waves, the last one perhaps partly filled
 * - `one-wave`: all blocks fit at once: no tail either
 * - `few-blocks`: fewer blocks than SMs, so that some SMs get none
 * - `unknown`: the launch shape or the device's limits are not in the trace
 */
export const SCHEDULES = ['persistent', 'waves', 'one-wave', 'few-blocks', 'unknown'] as const;

export type Schedule = (typeof SCHEDULES)[number];

export interface Waves {
  readonly blocks: number;
  /** Blocks that the device holds at once. With clusters an upper bound: whole clusters only. */
  readonly resident: number;
  /** `blocks / resident`. */
  readonly waves: number;
  /** `waves / ⌈waves⌉`: how full the waves are on average. */
  readonly efficiency: number;
  readonly schedule: Exclude<Schedule, 'unknown'>;
  /**
   * Share of the kernel's time lost at most to the last wave: `(⌈waves⌉ − waves) / ⌈waves⌉`, if every block takes
   * equally long and none starts before its wave. 0 unless the schedule is `waves`.
   */
  readonly tailShare: number;
  /** Share of the SMs that get no block. */
  readonly idleSmShare: number;
}

/**
 * Kernels whose design is to fill the device once and loop, by name: they say so; cuBLAS's `nvjet` (none of
 * those recorded has more blocks than fit, whatever its matrices); NCCL's and NVSHMEM's, whose blocks wait for
 * each other and so must all be resident; cooperative launches, which the driver refuses if they do not fit.
 */
const PERSISTENT_NAME = /persist|(?:^|_)nvjet_|stream_?k|cooperative_groups|^nccl|nvshmem/i;

/**
 * Waves of a launch of `blocks` blocks, of which an SM holds `blocksPerSm`; undefined if it holds none.
 *
 * Persistent kernels come first, because the formula would see one wave, or an almost empty one, in all of them.
 * A grid that does not fit at once is never persistent. One that fits is if its name says so, or if it is exactly
 * a block (or two, …) for every SM: nobody's tensor has 132 tiles by chance, and where one has, one full wave has no
 * tail either.
 */
export function wavesOf(
  name: string,
  blocks: number,
  cluster: number,
  blocksPerSm: number,
  sms: number,
): Waves | undefined {
  if (blocksPerSm < 1 || blocks < 1 || sms < 1) return undefined;
  const clusterSize = Math.max(1, cluster);
  const resident = Math.floor((sms * blocksPerSm) / clusterSize) * clusterSize;
  if (resident === 0) return undefined;
  const waves = blocks / resident;
  const full = Math.ceil(waves);
  const schedule = scheduleOf(name, blocks, resident, sms, clusterSize);
  return {
    blocks,
    resident,
    waves,
    efficiency: waves / full,
    schedule,
    tailShare: schedule === 'waves' ? (full - waves) / full : 0,
    idleSmShare: Math.max(0, 1 - blocks / sms),
  };
}

function scheduleOf(
  name: string,
  blocks: number,
  resident: number,
  sms: number,
  cluster: number,
): Waves['schedule'] {
  if (blocks > resident) return 'waves';
  const everySm = Math.floor(sms / cluster) * cluster;
  if (PERSISTENT_NAME.test(name) || (everySm > 0 && blocks % everySm === 0)) return 'persistent';
  return blocks < sms ? 'few-blocks' : 'one-wave';
}
