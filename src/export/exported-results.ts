import { analyzeBreakdown } from '../analysis/breakdown.js';
import { analyzeGaps } from '../analysis/gaps.js';
import { analyzeKernels } from '../analysis/kernels.js';
import { analyzeKv } from '../analysis/kv.js';
import { analyzeOverlap } from '../analysis/overlap.js';
import { analyzeSwitch } from '../analysis/switch.js';
import type { Trace } from '../trace/trace.js';

/** Results whose lists can be exported, by the command that prints them. */
export const EXPORTED_RESULTS = ['gaps', 'breakdown', 'kernels', 'overlap', 'kv', 'switch'] as const;
export type ExportedResult = (typeof EXPORTED_RESULTS)[number];

export function isExportedResult(name: string): name is ExportedResult {
  return EXPORTED_RESULTS.some((one) => one === name);
}

export interface ResultSelection {
  readonly window?: string;
  readonly device?: number;
}

/**
 * The result of a command with every row in it.
 * @throws UserError where the command has none for this trace
 */
export function resultOf(name: ExportedResult, trace: Trace, selection: ResultSelection): object {
  const all = { ...selection, top: Infinity };
  switch (name) {
    case 'gaps':
      return analyzeGaps(trace, all);
    case 'breakdown':
      return analyzeBreakdown(trace, selection);
    case 'kernels':
      return analyzeKernels(trace, all);
    case 'overlap':
      return analyzeOverlap(trace, all);
    case 'kv':
      return analyzeKv(trace, selection);
    case 'switch':
      return analyzeSwitch(trace, selection.device === undefined ? {} : { device: selection.device });
  }
}
