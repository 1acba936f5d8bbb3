import { gapsOf, kernelsOf } from '../results.js';
import { formatExact, formatNs, formatPercent } from '../units.js';
import type { Rule } from './finding.js';
import { kernelEvidence } from './kernel-evidence.js';

const BUSY = 0.85;

/** Worth knowing: launches are not the problem here. */
export const gpuBound: Rule = (results) => {
  const { busyNs, idleNs, window, idleByCause } = gapsOf(results);
  const device = kernelsOf(results);
  if (busyNs < BUSY * window.spanNs) return undefined;
  const byClass = new Map<string, number>();
  for (const row of device?.kernels ?? []) {
    byClass.set(row.class, (byClass.get(row.class) ?? 0) + row.totalNs);
  }
  const classes = [...byClass].toSorted(([, a], [, b]) => b - a).slice(0, 3);
  return {
    rule: 'gpu-bound',
    title: 'The GPU is the bottleneck',
    evidence: [
      {
        text: `Busy ${formatPercent(busyNs / window.spanNs)} of the window: without a single gap it would still take ${formatNs(busyNs)}; all gaps together are ${formatNs(idleNs)}.`,
      },
      ...(classes.length === 0
        ? []
        : [{ text: `Kernel time: ${classes.map(([name, ns]) => `${name} ${formatNs(ns)}`).join(', ')}.` }]),
      ...(idleByCause['queue-full'] > 0
        ? [
            {
              text: `The host ran so far ahead that the command buffer was full: ${formatNs(idleByCause['queue-full'])}.`,
            },
          ]
        : []),
      ...(device?.kernels
        .slice(0, 1)
        .map((row) =>
          kernelEvidence(
            results,
            row,
            `Largest kernel: ${row.name}, ${formatExact(row.count)} launches, ${formatPercent(row.share)} of kernel time`,
          ),
        ) ?? []),
    ],
    certainty: 'high',
    because: 'Busy time is measured. Busy does not mean efficient: a slow kernel is busy too.',
    suggestion:
      'Do less arithmetic or move fewer bytes: a smaller or sparse attention window, FP8 matmuls, step caching, fusion. Faster launches alone gain at most the gaps.',
    claims: [],
  };
};
