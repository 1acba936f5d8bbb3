import { gapsOf, kernelsOf } from '../results.js';
import { formatNs, formatPercent } from '../units.js';
import { gpuClaims, type Rule } from './finding.js';
import { kernelEvidence } from './kernel-evidence.js';

const LEAST_SHARE = 0.005;

/** Last waves that are partly filled. */
export const tailWaste: Rule = (results) => {
  const device = kernelsOf(results);
  const { window } = gapsOf(results);
  if (device === undefined || device.tailNs < LEAST_SHARE * window.spanNs) return undefined;
  const worst = device.kernels.toSorted((a, b) => b.tailNs - a.tailNs).filter(({ tailNs }) => tailNs > 0);
  const byClass = new Map<string, number>();
  for (const row of worst) byClass.set(row.class, (byClass.get(row.class) ?? 0) + row.tailNs);
  return {
    rule: 'tail-waste',
    title: 'Last waves leave part of the GPU empty',
    evidence: worst.slice(0, 3).map((row) => {
      const { name, tailNs, totalNs, main } = row;
      const waves = main.waves === undefined ? '' : `, ${main.waves.waves.toFixed(2)} waves`;
      const lost = `up to ${formatNs(tailNs)} of ${formatNs(totalNs)} (${formatPercent(tailNs / totalNs)})`;
      return kernelEvidence(results, row, `${name}: ${lost}${waves}`);
    }),
    certainty: 'low',
    because:
      'Computed from launch shapes, as if every block took equally long. In practice the next wave’s blocks start as others end.',
    suggestion:
      'Choose tile sizes whose block count is just below a whole number of waves, split the reduction (split-K, stream-K), or use a persistent kernel.',
    claims: gpuClaims(byClass),
  };
};
