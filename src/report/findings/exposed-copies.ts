import { copyKindText } from '../document/copy-kind-text.js';
import { gapsOf, overlapOf } from '../results.js';
import { formatBytes, formatExact, formatNs, formatPercent } from '../units.js';
import { gpuClaims, type Rule } from './finding.js';

const LEAST_SHARE = 0.02;

/** Copies during which nothing else ran. */
export const exposedCopies: Rule = (results) => {
  const copies = overlapOf(results)?.copies;
  const { window } = gapsOf(results);
  if (copies === undefined || copies.exposedNs < LEAST_SHARE * window.spanNs) return undefined;
  return {
    rule: 'exposed-copies',
    title: 'Copies run alone, with no kernel beside them',
    evidence: [
      {
        text: `${formatNs(copies.exposedNs)} of ${formatNs(copies.busyNs)} of copies and fills (${formatPercent(copies.exposedNs / copies.busyNs)}).`,
      },
      ...copies.kinds.slice(0, 2).map(({ kind, count, bytes, exposedNs }) => ({
        text: `${copyKindText(kind)}: ${formatExact(count)} of them, ${formatBytes(bytes)} in all, ${formatNs(exposedNs)} exposed.`,
      })),
    ],
    certainty: 'medium',
    because:
      'The exposed time is measured. Hiding all of it needs other work that depends on none of the copies.',
    suggestion:
      'First avoid them: write results where they are needed, use views instead of clones. Move what remains to a stream of its own while attention or a matmul runs.',
    claims: gpuClaims(new Map([['memcpy', copies.exposedNs]])),
  };
};
