import { allocations } from './allocations.js';
import { dispatchGaps } from './dispatch-gaps.js';
import { doublePrecision } from './double-precision.js';
import { exposedCopies } from './exposed-copies.js';
import { fewBlocks } from './few-blocks.js';
import type { Rule } from './finding.js';
import { gpuBound } from './gpu-bound.js';
import { graphGaps } from './graph-gaps.js';
import { hostSync } from './host-sync.js';
import { kvBookkeeping } from './kv-bookkeeping.js';
import { launchBound } from './launch-bound.js';
import { profilerOverhead } from './profiler-overhead.js';
import { smallKernels } from './small-kernels.js';
import { switchRecache } from './switch-recache.js';
import { tailWaste } from './tail-waste.js';

/** All rules. Their order does not matter: findings are ranked by what they could save. */
export const RULES: readonly Rule[] = [
  launchBound,
  hostSync,
  kvBookkeeping,
  smallKernels,
  doublePrecision,
  tailWaste,
  fewBlocks,
  graphGaps,
  dispatchGaps,
  allocations,
  exposedCopies,
  switchRecache,
  profilerOverhead,
  gpuBound,
];
