import { gapsOf, kernelsOf } from '../results.js';
import { formatExact, formatNs } from '../units.js';
import { gpuClaims, type Rule } from './finding.js';
import { kernelEvidence } from './kernel-evidence.js';

const LEAST_SHARE = 0.01;

/** Grids with fewer blocks than the GPU has SMs. */
export const fewBlocks: Rule = (results) => {
  const device = kernelsOf(results);
  const { window } = gapsOf(results);
  if (device === undefined || device.idleSmNs < LEAST_SHARE * window.spanNs) return undefined;
  const worst = device.kernels
    .filter(({ idleSmNs }) => idleSmNs > 0)
    .toSorted((a, b) => b.idleSmNs - a.idleSmNs);
  const byClass = new Map<string, number>();
  for (const row of worst) byClass.set(row.class, (byClass.get(row.class) ?? 0) + row.idleSmNs);
  return {
    rule: 'few-blocks',
    title: 'Kernels are too small to fill the GPU',
    evidence: worst.slice(0, 3).map((row) => {
      const { name, idleSmNs, totalNs, count, main } = row;
      const blocks = main.waves === undefined ? '' : ` of ${formatExact(main.waves.blocks)} blocks`;
      const idle = `SMs without a block for ${formatNs(idleSmNs)} of ${formatNs(totalNs)}`;
      return kernelEvidence(results, row, `${name}: ${formatExact(count)} launches${blocks}; ${idle}`);
    }),
    certainty: 'medium',
    because:
      'The empty SMs follow from the launch shapes. That the work divides over all of them without cost is the assumption.',
    suggestion:
      'Work on several sequences or chunks at once (batch), run independent kernels on two streams, or fuse small kernels into their neighbours.',
    claims: gpuClaims(byClass),
  };
};
