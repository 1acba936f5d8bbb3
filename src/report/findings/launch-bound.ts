import { gapsOf, kernelsOf } from '../results.js';
import { formatExact, formatNs, formatPercent } from '../units.js';
import { examplesOf, hotspotsWith, idleClaims } from './idle-evidence.js';
import type { Rule } from './finding.js';

/** Below this share of the window, launching is not what the run waits for. */
const LEAST_SHARE = 0.1;
const CAUSES = ['host', 'launch', 'api'] as const;

/** The host cannot feed the GPU: it is idle while the next op is being prepared and launched. */
export const launchBound: Rule = (results) => {
  const { idleByCause, window, idleNs, gapCount } = gapsOf(results);
  const ns = CAUSES.reduce((sum, cause) => sum + idleByCause[cause], 0);
  if (ns < LEAST_SHARE * window.spanNs) return undefined;
  const short = kernelsOf(results)?.short;
  return {
    rule: 'launch-bound',
    title: 'The host launches too slowly for the GPU',
    evidence: [
      {
        text: `${formatNs(idleByCause.host)} in the framework’s own code, ${formatNs(idleByCause.launch)} in launch calls: ${formatPercent(ns / idleNs)} of all idle time, in ${formatExact(gapCount)} gaps.`,
      },
      ...(short === undefined || short.count === 0
        ? []
        : [
            {
              text: `${formatExact(short.count)} kernels ran for less time than the call that launched them.`,
            },
          ]),
      ...examplesOf(
        results,
        hotspotsWith(results, (spot) => CAUSES.some((cause) => cause === spot.cause)),
        2,
      ),
    ],
    certainty: 'high',
    because: 'The time is measured gap by gap, and the host was seen outside of any wait.',
    suggestion:
      'Replay each forward as a CUDA graph (torch.compile with mode="reduce-overhead", or torch.cuda.graph around the layers). Shapes must not change, and nothing in between may read a value back to the host. Gaps of about a microsecond between graph nodes remain.',
    claims: idleClaims(idleByCause, CAUSES),
  };
};
