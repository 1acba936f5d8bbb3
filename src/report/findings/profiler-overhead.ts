import { gapsOf } from '../results.js';
import { formatNs } from '../units.js';
import { examplesOf, hotspotsWith, idleClaims } from './idle-evidence.js';
import type { Rule } from './finding.js';

const LEAST_SHARE = 0.001;

/** The profiler got into its own picture. */
export const profilerOverhead: Rule = (results) => {
  const { idleByCause, window } = gapsOf(results);
  if (idleByCause.profiler < LEAST_SHARE * window.spanNs) return undefined;
  return {
    rule: 'profiler-overhead',
    title: 'The profiler itself held the GPU up',
    evidence: [
      { text: `${formatNs(idleByCause.profiler)} of idle time while the profiler stalled the program.` },
      ...examplesOf(
        results,
        hotspotsWith(results, ({ cause }) => cause === 'profiler'),
        2,
      ),
    ],
    certainty: 'high',
    because:
      'The profiler recorded its own stalls. A run without it does not have them, so this is nothing to gain.',
    suggestion:
      'Take this off before comparing with times measured without a profiler; capture a shorter part, or graphs as a whole.',
    claims: idleClaims(idleByCause, ['profiler']),
  };
};
