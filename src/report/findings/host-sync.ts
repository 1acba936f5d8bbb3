import { callSpot } from '../document/spot.js';
import { gapsOf, overlapOf } from '../results.js';
import { jumping, waitRow } from '../sections/rows.js';
import { formatExact, formatNs } from '../units.js';
import { examplesOf, hotspotsWith, idleClaims } from './idle-evidence.js';
import type { Rule } from './finding.js';

const LEAST_SHARE = 0.002;
/** A GPU this busy has work queued; it runs dry only after something drained the queue. */
const GPU_BOUND = 0.8;

/** The host reads values back (`.item()`, `.cpu()`, `nonzero`), which drains the queue of launches each time. */
export const hostSync: Rule = (results) => {
  const { idleByCause, busyNs, window } = gapsOf(results);
  const waits = overlapOf(results)?.hostWaits;
  const waitedNs = idleByCause.sync + idleByCause['blocking-copy'];
  const gpuBound = busyNs >= GPU_BOUND * window.spanNs;
  // In a run that keeps the GPU fed, the host is only late because a wait made it start over.
  const causes = gpuBound
    ? (['sync', 'blocking-copy', 'host', 'launch'] as const)
    : (['sync', 'blocking-copy'] as const);
  const claims = idleClaims(idleByCause, causes);
  const ns = claims.reduce((sum, claim) => sum + claim.ns, 0);
  if (waitedNs === 0 || ns < LEAST_SHARE * window.spanNs || waits?.count === 0) return undefined;
  const worst = waits?.waits.toSorted((a, b) => b.idleNs - a.idleNs)[0];
  return {
    rule: 'host-sync',
    title: 'The host waits for the GPU in the middle of a forward',
    evidence: [
      ...(waits === undefined
        ? []
        : [
            {
              text: `${formatExact(waits.count)} host waits; the GPU was idle for ${formatNs(waits.idleNs)} of them.`,
            },
          ]),
      ...(worst === undefined
        ? []
        : [
            {
              text: `Most idle time under ${worst.call}: ${formatExact(worst.count)} waits, ${formatNs(worst.idleNs)} with the GPU idle; the longest, ${formatNs(worst.longest.durationNs)},`,
              place: { ...callSpot(worst.longest, worst.thread), path: worst.path },
              ...jumping(waitRow(results, (wait) => wait === worst)),
            },
          ]),
      ...(gpuBound
        ? [
            {
              text: `Then the GPU runs dry until the host has caught up: ${formatNs(idleByCause.host)} host, ${formatNs(idleByCause.launch)} launch.`,
            },
          ]
        : []),
      ...examplesOf(
        results,
        hotspotsWith(results, (spot) => (causes as readonly string[]).includes(spot.cause)),
        1,
      ),
    ],
    certainty: gpuBound ? 'medium' : 'high',
    because: gpuBound
      ? 'The waits are measured. That the host’s lateness follows from them is an assumption: the GPU is otherwise kept fed.'
      : 'The waits, and the gaps during them, are measured. Only the waits are counted here, not what follows.',
    suggestion:
      'Keep cache positions and loop conditions on the host as Python integers; do not call .item(), .cpu() or a condition on a tensor inside the layers. Read back once a block, from pinned memory, on a stream of its own.',
    claims,
  };
};
