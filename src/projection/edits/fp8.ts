import { percentile } from '../../analysis/percentile.js';
import { classIndex, type WhatIfContext } from '../context.js';
import { fp8Of, type Rates } from '../rates.js';
import { fieldOf } from '../run-shape.js';
import { editable, LOOK_UP, NONE, OP_SORT, type LaunchGraph } from '../replay/launch-graph.js';
import { PHASES, type Edit, type EditKind } from './edit.js';
import { listOf, opsInRanges } from './op-selection.js';

const USAGE = 'fp8[=RANGE,…]';
const NO_RATES =
  "no rates of FP8 matmuls are known for this device: --rates FILE ('python -m bench.whatif.rates' measures them; docs/what-if.md)";

/** Matmuls in FP8, their inputs quantized as they come. */
export const fp8: EditKind = {
  name: 'fp8',
  usage: USAGE,
  about: 'matmuls in FP8 at measured rates, with an op that quantizes the input of each',
  parse(parameters): Edit {
    const names = listOf(parameters);
    return {
      text: names.length === 0 ? 'fp8' : `fp8=${names.join(',')}`,
      effort: 'medium',
      output: 'approximate',
      phase: PHASES.fp8,
      applies(context) {
        if (context.rates === undefined) return NO_RATES;
        return matmulsOf(context, context.built.graph, names).length > 0 ? undefined : 'no matmul lies there';
      },
      apply: (context, graph) =>
        quantized(context, graph, matmulsOf(context, graph, names), names.length > 0),
      assumptions: ({ rates }) => [
        `rates: ${rates?.source ?? 'none'}; a matmul takes those of the shapes whose bf16 times are next to its own`,
        'weights are quantized beforehand; an input is quantized by one op, launched on its own, before the matmuls that share it ' +
          '(equal ones in one pass of a range: q, k and v)',
        rates?.fp8Host === undefined
          ? 'the host needs as long for a quantization as for another small kernel'
          : `the host needs ${us(rates.fp8Host.quantizeNs)} for a quantization and ${us(rates.fp8Host.matmulNs)} more for a matmul`,
        names.length > 0
          ? 'all matmuls there are in FP8, whether or not each of them gains'
          : 'matmuls that would take longer on the device stay as they are',
        'quality is not predicted',
      ],
    };
  },
  suggest: ({ rates }) => (rates === undefined ? [] : ['fp8']),
};

function matmulsOf(context: WhatIfContext, { ops }: LaunchGraph, names: readonly string[]): number[] {
  const inside = opsInRanges(context, names);
  const matmul = classIndex('matmul');
  const found: number[] = [];
  for (let i = 0; i < ops.length; i++) {
    if (ops.removed[i] === 0 && ops.opClass[i] === matmul && inside[ops.source[i]!] === 1) found.push(i);
  }
  return found;
}

function quantized(
  context: WhatIfContext,
  graph: LaunchGraph,
  matmuls: readonly number[],
  all: boolean,
): LaunchGraph {
  const rates = ratesOfRun(context);
  const groups = sharedInputs(context, graph, matmuls).map((members) => {
    const rated = members.map((i) => ({ i, ...fp8Of(rates, graph.ops.durationNs[i]!) }));
    const quantizeNs = rated[0]!.quantizeNs;
    const before = members.reduce((sum, i) => sum + graph.ops.durationNs[i]!, 0);
    return {
      rated,
      quantizeNs,
      gain: before - quantizeNs - rated.reduce((sum, { fp8Ns }) => sum + fp8Ns, 0),
    };
  });
  const worth = all ? groups : groups.filter(({ gain }) => gain > 0);
  const edited = editable(graph, worth.length);
  const { ops, calls } = edited;
  const elementwise = classIndex('elementwise');
  const host = context.rates?.fp8Host ?? { quantizeNs: launchCost(graph, elementwise), matmulNs: 0 };
  worth.forEach(({ rated, quantizeNs }, k) => {
    for (const { i, fp8Ns } of rated) {
      ops.durationNs[i] = fp8Ns;
      // A graph's launch calls none of it.
      const own = ops.call[i]!;
      if (calls.isGraph[own] === 0) calls.ownNs[own] = calls.ownNs[own]! + host.matmulNs;
    }
    const first = rated[0]!.i;
    const c = ops.call[first]!;
    const added = graph.ops.length + k;
    ops.costAfter[first] = LOOK_UP;
    ops.call[added] = c;
    ops.stream[added] = ops.stream[first]!;
    ops.durationNs[added] = quantizeNs;
    ops.latencyNs[added] = ops.latencyNs[first]!;
    ops.costScale[added] = ops.costScale[first]!;
    ops.costAfter[added] = LOOK_UP;
    ops.sort[added] = OP_SORT.kernel;
    ops.label[added] = NONE;
    ops.dependsOn[added] = NONE;
    ops.opClass[added] = elementwise;
    ops.source[added] = ops.source[first]!;
    ops.before[added] = first;
    if (calls.isGraph[c] === 0) calls.ownNs[c] = calls.ownNs[c]! + host.quantizeNs;
  });
  ops.length = graph.ops.length + worth.length;
  return edited;
}

/** Rates of as many tokens as a forward has, if there are any such: else all. */
function ratesOfRun({ rates, trace, shape }: WhatIfContext): Rates {
  const tokens = fieldOf(fieldOf(trace.run, 'shapes'), 'queryTokens');
  const rows = typeof tokens === 'number' ? tokens * (shape.batch ?? 1) : 0;
  const own = rates!.matmul.filter(({ m }) => m === rows);
  return own.length === 0 ? rates! : { ...rates!, matmul: own };
}

/**
 * Matmuls of one kernel and launch shape in one pass of the innermost range (q, k and v) share their input, unless
 * attention comes between them: then the later one's input is its result.
 */
function sharedInputs(
  { trace, instances }: WhatIfContext,
  { ops }: LaunchGraph,
  matmuls: readonly number[],
): number[][] {
  const groups = new Map<string, number[]>();
  const attention = classIndex('attention');
  let attentions = 0;
  let seen = 0;
  for (const i of matmuls) {
    for (; seen < i; seen++) if (ops.opClass[seen] === attention) attentions++;
    const source = ops.source[i]!;
    const instance = instances.ofOp[source]!;
    const key =
      instance < 0 ? `op ${i}` : `${instance} ${attentions} ${ops.label[i]!} ${trace.ops.shape[source]!}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [i]);
    else group.push(i);
  }
  return [...groups.values()];
}

/** Median host time of launching one small kernel, from the call before it to the return of its own. */
function launchCost({ ops, calls }: LaunchGraph, opClass: number): number {
  const samples: number[] = [];
  for (let i = 0; i < ops.recorded; i++) {
    const c = ops.call[i]!;
    if (ops.opClass[i] === opClass && calls.isGraph[c] === 0) samples.push(calls.gapNs[c]! + calls.ownNs[c]!);
  }
  return samples.length === 0 ? 0 : percentile(Float64Array.from(samples), 0.5);
}

function us(ns: number): string {
  return `${(ns / 1e3).toFixed(1)} µs`;
}
