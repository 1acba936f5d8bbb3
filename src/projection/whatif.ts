import type { Trace } from '../trace/trace.js';
import { whatIfContext, type ContextOptions, type WhatIfContext } from './context.js';
import type { Edit, EditEffort, EditOutput } from './edits/edit.js';
import { EDIT_KINDS, parseEdit } from './edits/registry.js';
import { evidenceOf } from './evidence.js';
import { greedyPlan, type Candidate } from './plan.js';
import { inOrder, predict, type Prediction } from './predict.js';
import type { LaunchGraph } from './replay/launch-graph.js';
import { recordedLatencies, medianOf } from './target.js';
import type { AppliedEdit, EditRow, WhatIfResult, WhatIfTarget } from './whatif-result.js';

export * from './whatif-result.js';

export interface WhatIfOptions extends ContextOptions {
  /** Edits as typed. None: all that can be tried without being told more. */
  readonly apply?: readonly string[];
}

/** Above this error of the unedited replay, predictions are not to be trusted. */
const TRUST = 0.03;

/**
 * Predicts the target's latency under edits of the program, by replaying the trace's launch graph (an idea of Daydream,
 * Zhu et al., USENIX ATC 2020). docs/what-if.md says what the model holds true.
 *
 * @throws UserError if an edit is not understood, or the trace has nothing to predict
 */
export function whatIf(trace: Trace, options: WhatIfOptions = {}): WhatIfResult {
  const wanted = (options.apply ?? []).map(parseEdit);
  const context = whatIfContext(trace, options);
  const base = predict(context, context.built.graph);
  const target = targetOf(context, base);
  const common = {
    schema: 'gapscope.whatif/1' as const,
    pid: trace.pid,
    device: context.target.device,
    target,
    notices: noticesOf(context, target),
  };
  if (wanted.length > 0) {
    const together = rowOf(context, wanted, base);
    const alone = wanted.length === 1 ? [] : inOrder(wanted).map((edit) => rowOf(context, [edit], base));
    return { ...common, edits: [together, ...alone], plan: [] };
  }
  const edits = EDIT_KINDS.flatMap((kind) => kind.suggest(context)).map(parseEdit);
  const rows = edits.map((edit) => ({ edit, row: rowOf(context, [edit], base) }));
  const candidates = rows.flatMap(({ edit, row }): Candidate[] =>
    row.applies && row.gainNs > 0 ? [{ edit, aloneNs: row.predictedNs }] : [],
  );
  return {
    ...common,
    edits: ranked(rows.map(({ row }) => row)),
    plan: greedyPlan(context, candidates, Math.round(base.medianNs)),
  };
}

function targetOf(context: WhatIfContext, base: Prediction): WhatIfTarget {
  const { target, trace } = context;
  const recorded = recordedLatencies(target, trace);
  const baseNs = medianOf(target, recorded);
  const errorShare = base.medianNs / baseNs - 1;
  const worst = target.chosen.map((n) => base.instanceNs[n]! / recorded[n]! - 1);
  return {
    template: target.template,
    baseNs,
    replayNs: Math.round(base.medianNs),
    lowNs: Math.round(base.lowNs),
    highNs: Math.round(base.highNs),
    errorShare,
    worstErrorShare: worst.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0),
    trusted: Math.abs(errorShare) <= TRUST,
    basis: target.basis,
    instances: target.names,
  };
}

/** One edit, or several together. */
function rowOf(context: WhatIfContext, edits: readonly Edit[], base: Prediction): EditRow {
  const ordered = inOrder(edits);
  const edit = ordered.map(({ text }) => text).join(' + ');
  let graph: LaunchGraph = context.built.graph;
  const assumptions = new Set<string>();
  for (const one of ordered) {
    // What an edit finds to do depends on those before it: without waits, a graph gets longer.
    const now = { ...context, built: { ...context.built, graph } };
    const reason = one.applies(now);
    if (reason !== undefined) {
      return { edit, applies: false, reason: ordered.length === 1 ? reason : `${one.text}: ${reason}` };
    }
    for (const assumption of one.assumptions(now)) assumptions.add(assumption);
    graph = one.apply(context, graph);
  }
  const predicted = predict(context, graph);
  if (Number.isNaN(predicted.medianNs)) {
    return { edit, applies: false, reason: `nothing would be left of '${context.target.template}'` };
  }
  const predictedNs = Math.round(predicted.medianNs);
  const replayNs = Math.round(base.medianNs);
  return {
    edit,
    applies: true,
    predictedNs,
    speedup: replayNs / predictedNs,
    gainNs: replayNs - predictedNs,
    lowNs: Math.round(predicted.lowNs),
    highNs: Math.round(predicted.highNs),
    evidence: evidenceOf(context, graph),
    effort: worst(
      ['low', 'medium', 'high'],
      ordered.map((one): EditEffort => one.effort),
    ),
    output: worst(
      ['same', 'approximate', 'retrained'],
      ordered.map((one): EditOutput => one.output),
    ),
    assumptions: [...assumptions],
  };
}

/** The value that comes last in `order`. */
function worst<T>(order: readonly T[], values: readonly T[]): T {
  return values.reduce((a, b) => (order.indexOf(b) > order.indexOf(a) ? b : a));
}

function ranked(rows: readonly EditRow[]): EditRow[] {
  const applied = rows.filter((row): row is AppliedEdit => row.applies);
  return [...applied.toSorted((a, b) => b.gainNs - a.gainNs), ...rows.filter((row) => !row.applies)];
}

function noticesOf({ built, trace, timeline }: WhatIfContext, target: WhatIfTarget): string[] {
  const { notes } = built;
  const notices = [...timeline.notices];
  if (!target.trusted) {
    notices.push(
      `the replay without an edit is ${(target.errorShare * 100).toFixed(1)} % off what was recorded: what is predicted ` +
        `should not be trusted. ${whyOff(notes)}`,
    );
  }
  if (notes.unlaunched > 0) {
    notices.push(
      `${notes.unlaunched} of ${trace.ops.length} ops have no launch in the trace: they keep their distance to the op before`,
    );
  }
  if (notes.contradictedWaits > 0) {
    notices.push(
      `${notes.contradictedWaits} host waits returned before what they should have waited for: taken to wait for nothing`,
    );
  }
  if (notes.unresolvedWaits > 0) {
    notices.push(
      `${notes.unresolvedWaits} waits are for events whose recording is not in the trace: left out`,
    );
  }
  if (notes.launchingThreads > 1) {
    notices.push(
      `${notes.launchingThreads} threads launch work: what they wait for among themselves is not in a trace, each keeps its own pace`,
    );
  }
  return notices;
}

function whyOff({
  unlaunched,
  contradictedWaits,
  launchingThreads,
}: WhatIfContext['built']['notes']): string {
  if (unlaunched > 0) return 'Ops without a launch are the likely cause.';
  if (contradictedWaits > 0) return 'Waits that the trace does not explain are the likely cause.';
  if (launchingThreads > 1) return 'Threads that wait for each other are a likely cause.';
  return 'Something holds ops that the trace does not show: waits on the legacy default stream, another process on the GPU.';
}
