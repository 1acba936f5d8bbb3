import type { Trace } from '../trace/trace.js';
import { occupancyOf, type Occupancy } from './occupancy.js';
import type { SmLimits } from './sm-limits.js';
import { wavesOf, type Waves } from './waves.js';

/** How a kernel was launched. `cluster` is absent without clusters. */
export interface LaunchShape {
  readonly grid: readonly [x: number, y: number, z: number];
  readonly block: readonly [x: number, y: number, z: number];
  readonly cluster?: readonly [x: number, y: number, z: number];
  /** Per thread, as launched. */
  readonly registers: number;
  /** Bytes a block. */
  readonly sharedStatic: number;
  readonly sharedDynamic: number;
  /** The SM's carve-out when it ran, bytes; 0 where it was not recorded. */
  readonly sharedExecuted: number;
}

/** What follows from a launch shape; what does not is explained in `notKnown`. */
export interface LaunchFit {
  readonly launch?: LaunchShape;
  readonly occupancy?: Occupancy;
  readonly waves?: Waves;
  readonly notKnown?: string;
}

/** The launch shape in a row of `shapes`; undefined where there is none (-1, or a row without a grid). */
export function launchShape(shapes: Trace['shapes'], row: number): LaunchShape | undefined {
  if (row < 0 || !(shapes.gridX[row]! > 0 && shapes.blockX[row]! > 0)) return undefined;
  const cluster = [shapes.clusterX[row]!, shapes.clusterY[row]!, shapes.clusterZ[row]!] as const;
  return {
    grid: [shapes.gridX[row]!, Math.max(1, shapes.gridY[row]!), Math.max(1, shapes.gridZ[row]!)],
    block: [shapes.blockX[row]!, Math.max(1, shapes.blockY[row]!), Math.max(1, shapes.blockZ[row]!)],
    ...(volume(cluster) > 0 ? { cluster } : {}),
    registers: shapes.registers[row]!,
    sharedStatic: shapes.sharedStatic[row]!,
    sharedDynamic: shapes.sharedDynamic[row]!,
    sharedExecuted: shapes.sharedExecuted[row]!,
  };
}

/** Occupancy and waves of one launch of the kernel `name`. */
export function fitOf(name: string, launch: LaunchShape | undefined, limits: SmLimits | string): LaunchFit {
  if (launch === undefined) return { notKnown: 'the trace has no launch shape of it' };
  if (typeof limits === 'string') return { launch, notKnown: limits };
  // No kernel runs without registers: the tool that recorded it left them out.
  if (launch.registers === 0) return { launch, notKnown: 'the trace has no register count of it' };
  const cluster = launch.cluster === undefined ? 1 : volume(launch.cluster);
  const occupancy = occupancyOf(
    {
      threads: volume(launch.block),
      registers: launch.registers,
      shared: launch.sharedStatic + launch.sharedDynamic,
      sharedExecuted: launch.sharedExecuted,
      cluster,
    },
    limits,
  );
  if (occupancy.blocksPerSm === 0) {
    // It ran, so the record or the limits are wrong; numbers from them would be too.
    return { launch, notKnown: 'by its launch shape it would not fit on this device' };
  }
  const waves = wavesOf(name, volume(launch.grid), cluster, occupancy.blocksPerSm, limits.sms);
  return { launch, occupancy, ...(waves === undefined ? {} : { waves }) };
}

function volume([x, y, z]: readonly [number, number, number]): number {
  return x * y * z;
}
