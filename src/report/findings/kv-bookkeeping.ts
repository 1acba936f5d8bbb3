import type { Cause } from '../../analysis/causes.js';
import { opSpot, rangeSpot } from '../document/spot.js';
import { kvKey } from '../examples.js';
import { resultOf } from '../results.js';
import { jumping, kvRow } from '../sections/rows.js';
import { formatNs, formatPercent } from '../units.js';
import type { Claim, Evidence, Rule } from './finding.js';

const LEAST_SHARE = 0.005;

/** Clone, roll and insert of the KV cache: copies that a ring buffer does without. */
export const kvBookkeeping: Rule = (results) => {
  const kv = resultOf(results.kv);
  // Reading positions back to the host is the finding on host waits.
  const saving = kv?.savings.find(({ edit }) => edit !== 'host-indices');
  if (kv === undefined || saving === undefined || saving.share < LEAST_SHARE) return undefined;
  const blocks = kv.blocks.length;
  const worst = kv.rows
    .filter(({ operation, phase }) => phase !== 'outside' && saving.removes.includes(operation))
    .toSorted((a, b) => b.gpuNs + b.idleNs - a.gpuNs - a.idleNs)
    .slice(0, 3);
  const first = kv.blocks.find(({ role }) => role === 'steady') ?? kv.blocks[0];
  const idle = shares(kv.rows.map(({ idleByCause }) => idleByCause));
  return {
    rule: 'kv-bookkeeping',
    title: 'The KV cache is copied where it could stay in place',
    evidence: [
      {
        text: `${saving.removes.join(', ')}: ${formatNs(saving.perBlockNs)} of each block (${formatPercent(saving.share)}), ${formatNs(saving.gpuNs)} on the GPU and ${formatNs(saving.idleNs)} waiting. Here for ${blocks} blocks. A steady one is`,
        ...(first === undefined ? {} : { place: rangeSpot(first) }),
      },
      ...worst.map((row): Evidence => {
        const { operation, phase, gpuNs, idleNs, shareOfPeak } = row;
        const example = results.examples.kv.get(kvKey(operation, phase));
        return {
          text:
            `${operation}, ${phase}: ${formatNs(gpuNs)} on the GPU, ${formatNs(idleNs)} waiting` +
            (shareOfPeak === undefined ? '' : `, at ${formatPercent(shareOfPeak)} of peak bandwidth`) +
            (example === undefined ? '.' : '; the longest op'),
          ...(example === undefined ? {} : { place: opSpot(example) }),
          ...jumping(kvRow(results, (one) => one === row)),
        };
      }),
    ],
    certainty: 'medium',
    because: `The time is measured; the saving assumes this: ${saving.assumption}.`,
    suggestion:
      'Write new keys and values into a ring buffer, and let attention read it by position instead of in order; with RoPE applied before the cache, no entry needs to move. Fuse the insert with the projection or RoPE kernel that makes the values.',
    claims: [
      { pool: 'gpu:kv', ns: saving.gpuNs * blocks },
      ...[...idle].map(([cause, share]): Claim => ({
        pool: `idle:${cause}`,
        ns: Math.round(saving.idleNs * blocks * share),
      })),
    ].filter(({ ns }) => ns > 0),
  };
};

/** How idle time divides over causes, all rows together: the savings do not say. */
function shares(rows: readonly Readonly<Record<Cause, number>>[]): Map<Cause, number> {
  const sums = new Map<Cause, number>();
  let total = 0;
  for (const [cause, ns] of rows.flatMap((row) => Object.entries(row) as [Cause, number][])) {
    sums.set(cause, (sums.get(cause) ?? 0) + ns);
    total += ns;
  }
  return new Map([...sums].filter(([, ns]) => ns > 0).map(([cause, ns]) => [cause, ns / total]));
}
