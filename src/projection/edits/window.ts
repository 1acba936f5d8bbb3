import { ownerOfCalls } from '../../analysis/call-owner.js';
import { kernelBytes, recordedBytes } from '../../analysis/copy-bytes.js';
import { OPERATION } from '../../analysis/kv-ops.js';
import { PHASE, phaseOfOps } from '../../analysis/kv-phase.js';
import { Curve } from '../curve.js';
import type { WhatIfContext } from '../context.js';
import type { LaunchGraph } from '../replay/launch-graph.js';
import {
  keyedParameters,
  PHASES,
  positiveInteger,
  wrongParameters,
  type Edit,
  type EditKind,
} from './edit.js';
import { scaled } from './op-selection.js';
import { withoutOps } from './removal.js';
import { updateShapes } from './update-shapes.js';

const USAGE = 'window=FRAMES[,sinks=FRAMES]';

/** Another KV window: attention over fewer (or more) frames, and a cache of that size. */
export const kvWindow: EditKind = {
  name: 'window',
  usage: USAGE,
  about: 'a KV window of another size: self-attention and cache operations change with it',
  parse(parameters): Edit {
    const given = keyedParameters('window', parameters ?? '', ['sinks'], USAGE);
    const frames = given.get('');
    if (frames === undefined) throw wrongParameters('window', USAGE, 'the window is missing');
    const window = positiveInteger('window', USAGE, frames, 'the window');
    const sinkText = given.get('sinks');
    const sinks =
      sinkText === '0' || sinkText === undefined
        ? sinkText
        : positiveInteger('window', USAGE, sinkText, 'sinks');
    const wanted = { window, sinks: sinks === undefined ? undefined : Number(sinks) };
    return {
      text: `window=${window}${sinks === undefined ? '' : `,sinks=${sinks}`}`,
      effort: 'low',
      output: 'approximate',
      phase: PHASES.window,
      applies: (context) => refusal(context, wanted),
      apply(context, graph): LaunchGraph {
        const factor = factorsOf(context, sizesOf(context, wanted));
        const kept = factor.includes(0)
          ? withoutOps(context, graph, (i) => factor[graph.ops.source[i]!] === 0)
          : graph;
        return scaled(kept, (source) => factor[source]!);
      },
      assumptions: (context) => assumptionsOf(context, sizesOf(context, wanted)),
    };
  },
  suggest({ shape }) {
    const { window, framesPerBlock, sinks } = shape;
    if (window === undefined || framesPerBlock === undefined || sinks === undefined) return [];
    const smaller = window - framesPerBlock;
    return smaller >= sinks + framesPerBlock ? [`window=${smaller}`] : [];
  },
};

interface Wanted {
  readonly window: number;
  readonly sinks: number | undefined;
}

/** Old and new sizes, in latent frames. */
interface Sizes {
  readonly framesPerBlock: number;
  readonly from: { readonly window: number; readonly sinks: number };
  readonly to: { readonly window: number; readonly sinks: number };
}

function refusal(context: WhatIfContext, wanted: Wanted): string | undefined {
  const { window, framesPerBlock, sinks } = context.shape;
  if (window === undefined || framesPerBlock === undefined || sinks === undefined) {
    return "run.json says nothing of 'window', 'sinks' and 'framesPerBlock': what there is to change is not known";
  }
  if (context.timeline.blocks.length === 0) return 'the trace has no temporal blocks';
  const least = (wanted.sinks ?? sinks) + framesPerBlock;
  if (wanted.window < least) {
    return `a window of ${wanted.window} frames has no room for ${wanted.sinks ?? sinks} sinks and a block of ${framesPerBlock}`;
  }
  return undefined;
}

function sizesOf({ shape }: WhatIfContext, wanted: Wanted): Sizes {
  const from = { window: shape.window!, sinks: shape.sinks! };
  return {
    framesPerBlock: shape.framesPerBlock!,
    from,
    to: { window: wanted.window, sinks: wanted.sinks ?? from.sinks },
  };
}

/** Frames attended to by a block that is the `ordinal`th of its video, from 0. */
function attended(ordinal: number, filling: boolean, framesPerBlock: number, window: number): number {
  return filling ? Math.min((ordinal + 1) * framesPerBlock, window) : window;
}

/** Frames that attention sees in the block of an op, before and after; 0 outside of blocks. */
interface Frames {
  readonly before: number;
  readonly after: number;
}

/** Op → its block's frames. */
function framesOfOps(context: WhatIfContext, sizes: Sizes): (op: number) => Frames {
  const { trace, timeline, recacheOp } = context;
  const { blocks, launch } = timeline;
  const owner = ownerOfCalls(
    trace,
    blocks.map(({ range }) => range),
  );
  const { framesPerBlock, from, to } = sizes;
  const own = blocks.map(({ state: { ordinal, filling } }) => ({
    before: attended(ordinal, filling, framesPerBlock, from.window),
    after: attended(ordinal, filling, framesPerBlock, to.window),
  }));
  // A recache computes anew what was there before its block.
  const recache = blocks.map(({ state: { ordinal } }) => ({
    before: Math.min(from.window, ordinal * framesPerBlock),
    after: Math.min(to.window, ordinal * framesPerBlock),
  }));
  const nothing = { before: 0, after: 0 };
  return (op) => {
    const call = launch[op]!;
    const block = call < 0 ? -1 : owner[call]!;
    if (block < 0) return nothing;
    return (recacheOp[op] === 1 ? recache : own)[block]!;
  };
}

/** Op → what its duration is multiplied by; 0: it goes. */
function factorsOf(context: WhatIfContext, sizes: Sizes): Float64Array {
  const factor = new Float64Array(context.trace.ops.length).fill(1);
  const framesOf = framesOfOps(context, sizes);
  const curve = attentionCurve(context, framesOf);
  for (let i = 0; i < factor.length; i++) {
    const { before, after } = framesOf(i);
    if (before === 0 || before === after) continue;
    const isAttention = context.isSelfAttention(i);
    if (context.recacheOp[i] === 1) {
      // All of it grows with the frames that it computes, attention with their square.
      const share = after / before;
      if (isAttention) factor[i] = share * share;
      else if (context.kvOperationOfOp[i]! < 0) factor[i] = share;
    } else if (isAttention) {
      factor[i] = curve.ratio(before, after);
    }
  }
  setKvFactors(context, sizes, framesOf, factor);
  return factor;
}

/** Self-attention by the frames it sees: the blocks that fill the window are the examples. */
function attentionCurve(context: WhatIfContext, framesOf: (op: number) => Frames): Curve {
  const samples = new Map<number, number[]>();
  const { durationNs } = context.trace.ops;
  for (let i = 0; i < durationNs.length; i++) {
    if (!context.isSelfAttention(i) || context.recacheOp[i] === 1) continue;
    const { before } = framesOf(i);
    if (before > 0) push(samples, before, durationNs[i]!);
  }
  return new Curve(samples);
}

/**
 * Cache operations by what they move: a clone the whole window, a roll what is neither sink nor new, a join what attention
 * sees. How long a copy takes by its size is read off the trace's own copies; a joining kernel likewise, by frames.
 */
function setKvFactors(
  context: WhatIfContext,
  sizes: Sizes,
  framesOf: (op: number) => Frames,
  factor: Float64Array,
): void {
  const { trace, timeline } = context;
  const { kv, blocks } = timeline;
  const { framesPerBlock, from, to } = sizes;
  const rolled = ({ window, sinks }: Sizes['from']): number => Math.max(0, window - sinks - framesPerBlock);
  const copies = new Map<number, number[]>();
  const joins = new Map<number, number[]>();
  const bytes = new Float64Array(kv.length);
  for (let n = 0; n < kv.length; n++) {
    const op = kv.op[n]!;
    const recorded = recordedBytes(trace, op);
    bytes[n] = Number.isNaN(recorded) ? kernelBytes(trace, op) : recorded;
    const duration = trace.ops.durationNs[op]!;
    if (kv.operation[n] === OPERATION.concat && kv.recache[n] === 0) {
      push(joins, framesOf(op).before, duration);
    }
    // A graph's records of copies have wrong sizes (kv-bytes.ts).
    else if (bytes[n]! > 0 && trace.ops.graph[op] === 0) push(copies, bytes[n]!, duration);
  }
  const byBytes = new Curve(copies);
  const byFrames = new Curve(joins);
  const phase = phaseOfOps(kv, blocks);
  const updates = updateShapes(context, phase);
  for (let n = 0; n < kv.length; n++) {
    const op = kv.op[n]!;
    const { before, after } = framesOf(op);
    let share = 1;
    switch (kv.operation[n]) {
      case OPERATION.clone:
      case OPERATION.reset:
        share = to.window / from.window;
        break;
      case OPERATION.roll:
        share = rolled(to) / rolled(from);
        break;
      case OPERATION.update: {
        const isRoll = phase[n] === PHASE.rolling && updates !== undefined;
        if (isRoll && kv.position[n]! % updates.all < updates.all - updates.inserts) {
          share = rolled(to) / rolled(from);
        }
        break;
      }
      case OPERATION.concat:
        if (before > 0 && kv.recache[n] === 0) factor[op] = byFrames.ratio(before, after);
        else if (before > 0) share = after / before;
        break;
      case OPERATION.insert:
        if (kv.recache[n] === 1 && before > 0) share = after / before;
        break;
      default:
    }
    if (share === 1 || !Number.isFinite(share)) continue;
    const size = bytes[n]!;
    const known = size > 0 && trace.ops.graph[op] === 0 && byBytes.sizes.length > 1;
    factor[op] = share === 0 ? 0 : known ? byBytes.ratio(size, size * share) : share;
  }
}

function push(samples: Map<number, number[]>, key: number, value: number): void {
  const list = samples.get(key);
  if (list === undefined) samples.set(key, [value]);
  else list.push(value);
}

function assumptionsOf(context: WhatIfContext, sizes: Sizes): string[] {
  const { from, to } = sizes;
  const seen = attentionCurve(context, framesOfOps(context, sizes)).sizes;
  const measured = seen.includes(to.window);
  return [
    `${from.window} frames of which ${from.sinks} sinks become ${to.window} of which ${to.sinks} sinks; quality is not predicted`,
    seen.length > 1
      ? `self-attention by the frames it sees (${seen.join(', ')} in this trace)${measured ? '' : ': between and beyond them a straight line'}`
      : 'self-attention takes time in proportion to the frames it sees',
    'steady blocks stay steady; a block that fills the window today rolls no earlier',
    'cache operations by the bytes they move, as fast as copies of that size are in this trace',
  ];
}
