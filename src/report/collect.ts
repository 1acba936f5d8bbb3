import { analyzeBreakdown } from '../analysis/breakdown.js';
import { analyzeGaps, type DeviceGapsResult, type GapsResult } from '../analysis/gaps.js';
import { summarize } from '../analysis/info.js';
import { analyzeKernels } from '../analysis/kernels.js';
import { analyzeKv } from '../analysis/kv.js';
import { analyzeOverlap } from '../analysis/overlap.js';
import { analyzeSwitch } from '../analysis/switch.js';
import { whatIf } from '../projection/whatif.js';
import { UserError } from '../trace/errors.js';
import type { Run, Trace } from '../trace/trace.js';
import type { TimelineAxis } from './document/look.js';
import { findExamples, NO_EXAMPLES } from './examples.js';
import type { Outcome, ReportResults } from './results.js';
import { formatNs, plural } from './units.js';

export interface ReportOptions {
  readonly window?: string;
  readonly device?: number;
}

/**
 * Runs every analyzer over one device of one process: the one asked for, or that with the most busy time. One
 * that refuses (no blocks, no ranges) leaves its reason; only without gaps there is no report.
 */
export function collect(run: Run, options: ReportOptions = {}): ReportResults {
  const candidates = run.traces.flatMap((trace) => {
    const outcome = attempt(() => analyzeGaps(trace, { ...options, top: Infinity }));
    return 'result' in outcome ? outcome.result.devices.map((device) => ({ trace, device })) : [];
  });
  const chosen = candidates.toSorted((a, b) => b.device.busyNs - a.device.busyNs)[0];
  // Nothing to report on: the analyzer's own words say why.
  if (chosen === undefined) throw refusalOf(run, options);
  const { trace, device } = chosen;
  const one = { ...options, device: device.window.device };
  const gaps: GapsResult = { schema: 'gapscope.gaps/1', devices: [device] };
  const examples = attempt(() => findExamples(trace, one));
  return {
    info: summarize(trace),
    gpu: gpuName(trace, device),
    windowText: options.window,
    leftOut: leftOut(candidates.filter((other) => other !== chosen)),
    gaps,
    layers: attempt(() => analyzeBreakdown(trace, one)),
    kv: attempt(() => analyzeKv(trace, one)),
    ...switchesOf(trace, one.device),
    kernels: attempt(() => analyzeKernels(trace, { ...one, top: Infinity })),
    overlap: attempt(() => analyzeOverlap(trace, { ...one, top: Infinity })),
    whatif: attempt(() => whatIf(trace, { device: one.device })),
    examples: 'result' in examples ? examples.result : NO_EXAMPLES,
    axis: axisOf(run, trace, one.device),
    path: run.path,
  };
}

/** The timeline counts from the start of the earliest process. */
function axisOf({ traces }: Run, { pid, baseNs }: Trace, device: number): TimelineAxis {
  const first = traces.reduce((least, one) => (one.baseNs < least ? one.baseNs : least), baseNs);
  const ends = traces.map((one) => Number(one.baseNs - first) + one.endNs);
  return { pid, device, offsetNs: Number(baseNs - first), endNs: Math.max(...ends) };
}

/** Without a prompt switch in the trace there are still block latencies. */
function switchesOf(trace: Trace, device: number): Pick<ReportResults, 'switches' | 'noSwitch'> {
  const switches = attempt(() => analyzeSwitch(trace, { device }));
  if ('result' in switches) return { switches, noSwitch: undefined };
  return {
    switches: attempt(() => analyzeSwitch(trace, { device, switch: 'none' })),
    noSwitch: switches.refused,
  };
}

function attempt<T>(analyze: () => T): Outcome<T> {
  try {
    return { result: analyze() };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { refused: error.message };
  }
}

function refusalOf(run: Run, options: ReportOptions): UserError {
  for (const trace of run.traces) {
    try {
      analyzeGaps(trace, options);
    } catch (error) {
      if (error instanceof UserError) return error;
      throw error;
    }
  }
  return new UserError(`'${run.path}' holds no process to report on.`, {
    hint: "'gapscope info' shows what was recorded, and why not.",
  });
}

function gpuName(trace: Trace, { window }: DeviceGapsResult): string {
  const name = trace.devices.find(({ id }) => id === window.device)?.name;
  return name === undefined || name === `GPU ${window.device}`
    ? `GPU ${window.device}`
    : `${name} (GPU ${window.device})`;
}

function leftOut(others: readonly { trace: Trace; device: DeviceGapsResult }[]): string[] {
  return others.map(
    ({ trace, device }) =>
      `process ${trace.pid}, GPU ${device.window.device}: busy ${formatNs(device.busyNs)} of ` +
      `${formatNs(device.window.spanNs)}, ${plural(device.gapCount, 'gap')}`,
  );
}
