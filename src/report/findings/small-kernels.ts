import { gapsOf, kernelsOf } from '../results.js';
import { formatExact, formatNs, formatPercent } from '../units.js';
import { examplesOf, hotspotClaims, hotspotsWith } from './idle-evidence.js';
import type { Claim, Rule } from './finding.js';
import { kernelEvidence } from './kernel-evidence.js';

const LEAST_SHARE = 0.02;
const POINTWISE: readonly string[] = ['elementwise', 'rope', 'norm'];

/** Chains of pointwise kernels: each reads and writes all of a tensor, with a gap to the next. */
export const smallKernels: Rule = (results) => {
  const { window } = gapsOf(results);
  const kernels = kernelsOf(results)?.kernels.filter((row) => POINTWISE.includes(row.class)) ?? [];
  const chain = hotspotsWith(
    results,
    (spot) => POINTWISE.includes(spot.before) && POINTWISE.includes(spot.after),
  );
  const gapNs = chain.reduce((sum, { totalNs }) => sum + totalNs, 0);
  const gpuNs = kernels.reduce((sum, { totalNs }) => sum + totalNs, 0);
  if (gapNs + gpuNs < LEAST_SHARE * window.spanNs || kernels.length === 0) return undefined;
  const count = kernels.reduce((sum, row) => sum + row.count, 0);
  const gpu = POINTWISE.map((name): Claim => {
    const ns = kernels.filter((row) => row.class === name).reduce((sum, { totalNs }) => sum + totalNs, 0);
    return { pool: `gpu:${name}`, ns };
  });
  const top = kernels[0]!;
  return {
    rule: 'small-kernels',
    title: 'Chains of elementwise kernels could be fused',
    evidence: [
      {
        text: `${formatExact(count)} elementwise, norm and RoPE kernels: ${formatNs(gpuNs)} on the GPU (${formatPercent(gpuNs / window.spanNs)} of the window), and ${formatNs(gapNs)} of gaps between one and the next.`,
      },
      kernelEvidence(
        results,
        top,
        `Largest: ${top.name}, ${formatExact(top.count)} launches, ${formatNs(top.totalNs)}`,
      ),
      ...examplesOf(results, chain, 1),
    ],
    certainty: 'low',
    because:
      'A loose bound: it is reached only if all of this work disappeared into neighbouring kernels. How much of it is memory traffic was not measured.',
    suggestion:
      'Compile the layer (torch.compile), or write one kernel each for norm + modulation, gate + residual, and RoPE on q and k. Each pass over a tensor that goes saves its reads, its writes and a gap.',
    claims: [...gpu, ...hotspotClaims(chain)].filter(({ ns }) => ns > 0),
  };
};
