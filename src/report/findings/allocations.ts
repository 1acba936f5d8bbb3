import { gapsOf } from '../results.js';
import { formatNs } from '../units.js';
import { examplesOf, hotspotsWith, idleClaims } from './idle-evidence.js';
import type { Rule } from './finding.js';

const LEAST_SHARE = 0.002;

/** The host allocated, freed or loaded code while the GPU stood idle. */
export const allocations: Rule = (results) => {
  const { idleByCause, window } = gapsOf(results);
  if (idleByCause.alloc < LEAST_SHARE * window.spanNs) return undefined;
  return {
    rule: 'allocations',
    title: 'The GPU waits while the host allocates memory or loads kernels',
    evidence: [
      {
        text: `${formatNs(idleByCause.alloc)} of idle time in cudaMalloc, cudaFree or the loading of modules.`,
      },
      ...examplesOf(
        results,
        hotspotsWith(results, ({ cause }) => cause === 'alloc'),
        2,
      ),
    ],
    certainty: 'high',
    because: 'The launching thread was inside such a call for just this time.',
    suggestion:
      'Warm up with every shape before measuring. Keep buffers between blocks; PYTORCH_ALLOC_CONF=expandable_segments:True avoids frees and new allocations when sizes vary.',
    claims: idleClaims(idleByCause, ['alloc']),
  };
};
