import { gapsOf } from '../results.js';
import { formatExact, formatNs } from '../units.js';
import { examplesOf, hotspotsWith, idleClaims } from './idle-evidence.js';
import type { Rule } from './finding.js';

const LEAST_SHARE = 0.01;

/** The GPU's own time from one op to the next, though the next was long queued. */
export const dispatchGaps: Rule = (results) => {
  const { idleByCause, window } = gapsOf(results);
  if (idleByCause.dispatch < LEAST_SHARE * window.spanNs) return undefined;
  const spots = hotspotsWith(results, ({ cause }) => cause === 'dispatch');
  const count = spots.reduce((sum, spot) => sum + spot.count, 0);
  return {
    rule: 'dispatch-gaps',
    title: 'Starting each op costs the GPU a moment, many times over',
    evidence: [
      {
        text: `${formatExact(count)} gaps although the next op was already queued: ${formatNs(idleByCause.dispatch)}, ${formatNs(count === 0 ? 0 : idleByCause.dispatch / count)} each.`,
      },
      ...examplesOf(results, spots, 2),
    ],
    certainty: 'high',
    because:
      'In each of these gaps the launch had returned and no other stream was waited for. All of it goes only if the ops go.',
    suggestion:
      'Have fewer ops: fuse elementwise chains and copies. CUDA graphs about halve the gap between two small kernels.',
    claims: idleClaims(idleByCause, ['dispatch']),
  };
};
