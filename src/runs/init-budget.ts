import { METRICS, metricNamed, type Metric, type MetricSource } from './budget-metrics.js';
import { BUDGET_SCHEMA } from './budget.js';

/** What a run may get worse by before a budget made from it is broken. */
export const HEADROOM = 0.05;

/** More is worse. Without blocks the span stands for them. */
const UPPER = [
  'steadyBlockNs',
  'firstBlockNs',
  'switchLatencyNs',
  'idleShare',
  'kvShareOfBlock',
  'peakMemoryBytes',
];
const WITHOUT_BLOCKS = ['spanNs', 'idleShare', 'peakMemoryBytes'];
/** Less is worse. */
const LOWER = ['quality.psnr', 'quality.ssim'];

/** A budget that the run keeps with 5 % to spare, and that allows no lost records; as the text of a file. */
export function budgetOf(run: MetricSource, note: string): string {
  const upper = run.metrics.steadyBlockNs === undefined ? WITHOUT_BLOCKS : UPPER;
  const limits: Record<string, { max: string | number } | { min: number }> = {};
  for (const { name, unit, read } of metrics(upper)) {
    const value = read(run);
    if (value === undefined) continue;
    limits[name] = { max: written(value * (1 + HEADROOM), unit) };
  }
  for (const { name, read } of metrics(LOWER)) {
    const value = read(run);
    if (value === undefined || !Number.isFinite(value)) continue;
    limits[name] = { min: Number((value * (1 - HEADROOM)).toPrecision(4)) };
  }
  if (run.metrics.droppedOps !== undefined) limits.droppedOps = { max: run.metrics.droppedOps };
  return `${JSON.stringify({ schema: BUDGET_SCHEMA, note, limits }, undefined, 2)}\n`;
}

function metrics(names: readonly string[]): Metric[] {
  return names.map((name) => {
    const metric = metricNamed(name);
    if (metric === undefined) throw new Error(`no metric ${name} among ${METRICS.length}`);
    return metric;
  });
}

/** To four digits, rounded up, so that the headroom is not less than it says. */
function written(value: number, unit: Metric['unit']): string | number {
  switch (unit) {
    case 'ns':
      return durationText(value);
    case 'share':
      return Math.min(1, roundedUp(value));
    case 'count':
      return Math.ceil(value);
    default:
      return roundedUp(value);
  }
}

function durationText(ns: number): string {
  const [unit, size] = ns < 1e3 ? ['ns', 1] : ns < 1e6 ? ['us', 1e3] : ns < 1e9 ? ['ms', 1e6] : ['s', 1e9];
  return `${roundedUp(ns / Number(size))}${unit}`;
}

function roundedUp(value: number): number {
  if (value === 0) return 0;
  const digits = Math.max(0, 3 - Math.floor(Math.log10(value)));
  // toFixed takes off what multiplying by a power of ten adds: 3.0000000000000004.
  const scaled = Number((value * 10 ** digits).toFixed(6));
  return Number((Math.ceil(scaled) / 10 ** digits).toFixed(digits));
}
