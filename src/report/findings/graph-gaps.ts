import { gapsOf } from '../results.js';
import { formatNs, formatPercent } from '../units.js';
import { examplesOf, hotspotsWith, idleClaims } from './idle-evidence.js';
import type { Rule } from './finding.js';

const LEAST_SHARE = 0.02;

/** What is left between the nodes of CUDA graphs. */
export const graphGaps: Rule = (results) => {
  const { idleByCause, window, idleNs } = gapsOf(results);
  if (idleByCause.graph < LEAST_SHARE * window.spanNs) return undefined;
  const spots = hotspotsWith(results, ({ cause }) => cause === 'graph');
  return {
    rule: 'graph-gaps',
    title: 'The GPU waits between the nodes of its CUDA graphs',
    evidence: [
      {
        text: `${formatNs(idleByCause.graph)} between nodes of one replay: ${formatPercent(idleByCause.graph / idleNs)} of all idle time. The host has no part in it.`,
      },
      ...examplesOf(results, spots, 3),
    ],
    certainty: 'high',
    because:
      'Both ends of each gap belong to one replay. The bound is reached only with no gaps at all, which takes fewer nodes, not faster launches.',
    suggestion:
      'Have fewer nodes: fuse elementwise chains and copies. Put small independent branches side by side. Where kernels allow it, let the next one start early (programmatic dependent launch).',
    claims: idleClaims(idleByCause, ['graph']),
  };
};
