import { UserError } from '../trace/errors.js';
import type { Trace } from '../trace/trace.js';
import type { BlockRole } from './block-roles.js';
import { blockTimeline, NO_SWITCHES, type BlockTimeline, type TimedBlock } from './block-timeline.js';
import type { BlocksOptions } from './blocks-options.js';
import { blocksOf, type BlocksResult } from './blocks.js';
import type { Cause } from './causes.js';
import { GapSplitter } from './gap-split.js';
import type { Groundwork } from './groundwork.js';
import { byCause } from './idle-charges.js';
import { OpClassifier } from './op-class.js';
import { pathOfOps } from './paths.js';
import { runThrough, type Sliced } from './slices.js';
import { partsOf, SWITCH_PARTS, type PartsContext, type SwitchPart } from './switch-parts.js';

export { SWITCH_PARTS, type SwitchPart } from './switch-parts.js';

export interface SwitchLatency {
  /** The switch block, and the one before it. */
  readonly block: string;
  readonly before: string;
  /** Not `steady`: the block before is no fair base, and a notice says so. */
  readonly beforeRole: BlockRole;
  readonly blockNs: number;
  readonly beforeNs: number;
  /** `blockNs - beforeNs`. */
  readonly latencyNs: number;
  /** `blockNs - steadyBlockNs`, where there is a steady state. */
  readonly overSteadyNs?: number;
  /** Nanoseconds; they sum to `latencyNs`. */
  readonly parts: Readonly<Record<SwitchPart, number>>;
  /** `recacheIdle` and `restIdle` by cause; each sums to its part. */
  readonly idleByCause: {
    readonly recache: Readonly<Record<Cause, number>>;
    readonly rest: Readonly<Record<Cause, number>>;
  };
  /** Blocks made under this prompt, this one included: until the next switch, the next video or the trace's end. */
  readonly promptBlocks: number;
  /** Whether `promptBlocks` ended before the trace did. */
  readonly promptComplete: boolean;
}

/** What a switch adds to each block, and to each frame, of a prompt of so many blocks. */
export interface AmortisedSwitch {
  readonly blocks: number;
  readonly perBlockNs: number;
  readonly perFrameNs?: number;
  /** Of the steady block. */
  readonly share?: number;
}

export interface SwitchResult extends BlocksResult {
  readonly schema: 'gapscope.switch/1';
  readonly switches: readonly SwitchLatency[];
  /** Mean of the latencies, to the nanosecond; absent without switches. */
  readonly meanLatencyNs?: number;
  readonly amortised: readonly AmortisedSwitch[];
}

/** Prompt lengths to amortise over, in blocks; 13 and 14 are what LongLive's configuration switches after. */
const PROMPT_BLOCKS = [1, 2, 5, 10, 14, 20, 40];

/** The first block after a switch less the block before it (design §4). */
export function switchLatencyNs(switchBlockNs: number, blockBeforeNs: number): number {
  return switchBlockNs - blockBeforeNs;
}

/**
 * Block latencies, the steady state, and what each prompt switch costs and why.
 * @throws UserError if there are no blocks, or none of them holds a switch (unless `switch` is `none`).
 */
export function analyzeSwitch(trace: Trace, options: BlocksOptions = {}): SwitchResult {
  return runThrough(switchInSlices(trace, blockTimeline(trace, options, true), options));
}

/** The same in slices, from work that others have done. */
export function* switchInSlices(
  trace: Trace,
  timeline: BlockTimeline,
  options: BlocksOptions,
  ground?: Groundwork,
): Sliced<SwitchResult> {
  const { blocks, device, launch, nesting, recacheOfCall } = timeline;
  const base = blocksOf(trace, timeline, options);
  const at = blocks.flatMap(({ state }, b) => (state.role === 'switch' ? [b] : []));
  if (at.length === 0 && options.switch !== NO_SWITCHES) {
    throw new UserError(
      `None of the ${blocks.length} blocks holds a prompt switch: no range '${timeline.switchPattern}' lies in one.`,
      {
        hint:
          "Name the ranges that a switch runs, or the blocks that begin with one: --switch 'PATTERN'. " +
          'For block latencies without a switch: --switch none.',
      },
    );
  }
  const notices = [...base.notices];
  const measured = at.filter((b) => b > 0);
  if (measured.length < at.length) {
    notices.push(
      `'${blocks[0]!.name}' begins the trace: without a block before it, its switch has no latency`,
    );
  }
  const paths = ground?.paths ?? pathOfOps(trace, launch, nesting);
  const classes = options.rules?.classes;
  const context: PartsContext = {
    trace,
    device,
    launch,
    recacheOfCall,
    splitter: ground?.splitter ?? new GapSplitter(trace),
    classes: (classes === undefined ? ground?.classes : undefined) ?? new OpClassifier(trace, paths, classes),
  };
  const switches: SwitchLatency[] = [];
  for (const b of measured) {
    const next = blocks.findIndex(
      ({ state }, i) => i > b && (state.role === 'switch' || state.role === 'first'),
    );
    const end = next < 0 ? blocks.length : next;
    const found = oneSwitch(context, blocks[b]!, blocks[b - 1]!, base.steadyBlockNs);
    if (found.beforeRole !== 'steady') {
      notices.push(
        `'${found.before}', before '${found.block}', is ${found.beforeRole}, not steady: see overSteadyNs`,
      );
    }
    switches.push({ ...found, promptBlocks: end - b, promptComplete: next >= 0 });
    yield;
  }
  const sum = switches.reduce((total, { latencyNs }) => total + latencyNs, 0);
  const meanLatencyNs = switches.length === 0 ? undefined : Math.round(sum / switches.length);
  return {
    schema: 'gapscope.switch/1',
    ...base,
    switches,
    ...(meanLatencyNs === undefined ? {} : { meanLatencyNs }),
    amortised: meanLatencyNs === undefined ? [] : amortise(meanLatencyNs, base),
    notices,
  };
}

function oneSwitch(
  context: PartsContext,
  block: TimedBlock,
  before: TimedBlock,
  steadyBlockNs: number | undefined,
): Omit<SwitchLatency, 'promptBlocks' | 'promptComplete'> {
  const own = partsOf(context, block);
  const base = partsOf(context, before);
  const blockNs = block.endNs - block.startNs;
  const beforeNs = before.endNs - before.startNs;
  const difference = (a: Float64Array, b: Float64Array): Record<Cause, number> =>
    byCause(a.map((ns, c) => ns - b[c]!));
  return {
    block: block.name,
    before: before.name,
    beforeRole: before.state.role,
    blockNs,
    beforeNs,
    latencyNs: switchLatencyNs(blockNs, beforeNs),
    ...(steadyBlockNs === undefined ? {} : { overSteadyNs: blockNs - steadyBlockNs }),
    parts: Object.fromEntries(SWITCH_PARTS.map((part) => [part, own.ns[part] - base.ns[part]])) as Record<
      SwitchPart,
      number
    >,
    idleByCause: {
      recache: difference(own.recacheIdle, base.recacheIdle),
      rest: difference(own.restIdle, base.restIdle),
    },
  };
}

function amortise(latencyNs: number, { framesPerBlock, steadyBlockNs }: BlocksResult): AmortisedSwitch[] {
  return PROMPT_BLOCKS.map((blocks) => ({
    blocks,
    perBlockNs: Math.round(latencyNs / blocks),
    ...(framesPerBlock === undefined ? {} : { perFrameNs: Math.round(latencyNs / blocks / framesPerBlock) }),
    ...(steadyBlockNs === undefined ? {} : { share: latencyNs / blocks / steadyBlockNs }),
  }));
}
