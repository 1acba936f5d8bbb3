import { UserError } from '../trace/errors.js';
import type { IndexIntoRanges, Trace } from '../trace/trace.js';
import { DEFAULT_BLOCK_PATTERN } from './block-pattern.js';
import { blockStates, type BlockState, type FillingRule } from './block-roles.js';
import type { BlocksOptions } from './blocks-options.js';
import { ownerOfCalls } from './call-owner.js';
import { selectDeviceWindows } from './device-windows.js';
import type { Groundwork } from './groundwork.js';
import { findKvOps, rollingBlocks, type KvOps } from './kv-ops.js';
import { kvScopes } from './kv-scopes.js';
import { launchOfOps } from './launch.js';
import { projectRanges, type Projection } from './projection.js';
import { nestRanges, type RangeNesting } from './ranges.js';
import { runConfig, type RunConfig } from './run-config.js';
import { runThrough, type Sliced } from './slices.js';
import { matchRanges } from './window.js';

export const DEFAULT_SWITCH_PATTERN = 'recache_after_switch*';
/** `--switch none`: block latencies of a trace without switches. */
export const NO_SWITCHES = 'none';

/** A block where it ran on the device. */
export interface TimedBlock extends Projection {
  readonly name: string;
  readonly state: BlockState;
}

/** Blocks, switches and KV ops of one device: what `blocks`, `switch` and `kv` start from. */
export interface BlockTimeline {
  readonly device: number;
  readonly launch: Int32Array;
  readonly nesting: RangeNesting;
  /** In order of time. */
  readonly blocks: readonly TimedBlock[];
  readonly fillingFrom: FillingRule;
  readonly recacheOfCall: Int32Array;
  readonly kv: KvOps;
  readonly config: RunConfig;
  /** What the blocks were looked for as. */
  readonly blockPattern: string;
  readonly switchPattern: string;
  readonly notices: readonly string[];
}

/**
 * @throws UserError if the device does not exist, a pattern that was given matches nothing, or, with `required`, there
 * are no blocks.
 */
export function blockTimeline(trace: Trace, options: BlocksOptions, required: boolean): BlockTimeline {
  return runThrough(blockTimelineInSlices(trace, options, required));
}

/** The same in slices, from work that others have done. */
export function* blockTimelineInSlices(
  trace: Trace,
  options: BlocksOptions,
  required: boolean,
  ground?: Pick<Groundwork, 'launch' | 'nesting'>,
): Sliced<BlockTimeline> {
  const launch = ground?.launch ?? launchOfOps(trace);
  const nesting = ground?.nesting ?? nestRanges(trace);
  const blockPattern = options.block ?? DEFAULT_BLOCK_PATTERN;
  const switchPattern = options.switch ?? DEFAULT_SWITCH_PATTERN;
  const notices: string[] = [];
  const rows = blockRows(trace, options.block, required);
  yield;
  const { device, projections } = yield* placeBlocks(trace, launch, rows, options.device);
  if (rows.length > 0 && projections.length === 0 && required) {
    throw new UserError(`The blocks '${blockPattern}' launched nothing on device ${device}.`, {
      hint: 'Choose the ranges whose thread launches the work of a block: --block PATTERN.',
    });
  }
  yield;
  const idle = rows.length - projections.length;
  if (idle > 0 && projections.length > 0) {
    notices.push(`${count(idle, 'block')} launched nothing on device ${device}, and ${are(idle)} left out`);
  }
  const blocks = projections.toSorted((a, b) => a.startNs - b.startNs || a.endNs - b.endNs);
  const blockRowsInOrder = blocks.map(({ range }) => range);
  const recaches = switchRows(trace, options.switch);
  const isSwitch = placeSwitches(trace, blockRowsInOrder, recaches, notices);
  // A switch named by its block has no recache of its own to be told from the rest of it.
  const inside = recaches.filter((row) => !blockRowsInOrder.includes(row));
  const blockOfCall = ownerOfCalls(trace, blockRowsInOrder);
  const recacheOfCall = ownerOfCalls(trace, inside);
  yield;
  const scopes = yield* kvScopes(trace, launch, nesting, options.rules);
  const kv = yield* findKvOps(trace, launch, device, scopes, { blockOfCall, recacheOfCall });
  const rolls = rollingBlocks(kv, blocks.length);
  const named = blocks.map((block) => trace.strings[trace.ranges.name[block.range]!] ?? '');
  const facts = blocks.map((_, b) => ({ name: named[b]!, rolls: rolls[b] === 1, hasSwitch: isSwitch[b]! }));
  const config = runConfig(trace.run);
  const { states, from } = blockStates(facts, config, options.filling);
  if (from === 'none' && blocks.length > 0) {
    notices.push(
      'nothing tells which blocks still fill the window (no KV roll, no configuration): all but the first are ' +
        'taken as full. --filling N says how many fill it',
    );
  }
  return {
    device,
    launch,
    nesting,
    blocks: blocks.map((block, b) => ({ ...block, name: named[b]!, state: states[b]! })),
    fillingFrom: from,
    recacheOfCall,
    kv,
    config,
    blockPattern,
    switchPattern,
    notices,
  };
}

function blockRows(trace: Trace, given: string | undefined, required: boolean): IndexIntoRanges[] {
  try {
    return matchRanges(trace, given ?? DEFAULT_BLOCK_PATTERN);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (given !== undefined) throw error;
    if (!required) return [];
    throw new UserError("The trace has no temporal blocks: no range is called 'temporal_block_#'.", {
      hint: `Name the pipeline's own: --block 'chunk_#' (# is a number, * any text). ${error.hint ?? ''}`.trim(),
    });
  }
}

function switchRows(trace: Trace, given: string | undefined): IndexIntoRanges[] {
  if (given === NO_SWITCHES) return [];
  try {
    return matchRanges(trace, given ?? DEFAULT_SWITCH_PATTERN);
  } catch (error) {
    if (given !== undefined || !(error instanceof UserError)) throw error;
    return [];
  }
}

/** The blocks' projections on the device asked for, or on the first where they ran. */
function* placeBlocks(
  trace: Trace,
  launch: Int32Array,
  rows: readonly IndexIntoRanges[],
  wanted: number | undefined,
): Sliced<{ device: number; projections: Projection[] }> {
  const devices = selectDeviceWindows(trace, launch, wanted === undefined ? {} : { device: wanted });
  for (const { device } of devices) {
    yield;
    const projections = projectRanges(trace, launch, device, rows);
    if (projections.length > 0) return { device, projections };
  }
  return { device: devices[0]!.device, projections: [] };
}

/** Block → whether a switch lies in it, or is it. */
function placeSwitches(
  trace: Trace,
  blocks: readonly IndexIntoRanges[],
  switches: readonly IndexIntoRanges[],
  notices: string[],
): boolean[] {
  const { startNs, durationNs, thread } = trace.ranges;
  const isSwitch = blocks.map(() => false);
  let outside = 0;
  for (const row of switches) {
    const at = blocks.findIndex(
      (block) =>
        thread[block] === thread[row] &&
        startNs[block]! <= startNs[row]! &&
        startNs[row]! + durationNs[row]! <= startNs[block]! + durationNs[block]!,
    );
    if (at >= 0) isSwitch[at] = true;
    else outside++;
  }
  if (outside > 0 && blocks.length > 0) {
    notices.push(
      `${count(outside, 'switch range')} ${lie(outside)} in no block, and ${are(outside)} left out`,
    );
  }
  return isSwitch;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
function are(n: number): string {
  return n === 1 ? 'is' : 'are';
}
function lie(n: number): string {
  return n === 1 ? 'lies' : 'lie';
}
