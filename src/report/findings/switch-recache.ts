import { rangeSpot } from '../document/spot.js';
import { blockRow, jumping } from '../sections/rows.js';
import { SWITCH_PART_NAMES } from '../switch-names.js';
import { resultOf } from '../results.js';
import { formatNs, formatPercent } from '../units.js';
import { SWITCH_PARTS } from '../../analysis/switch.js';
import type { Rule } from './finding.js';

/** A switch that adds less than this much of a steady block goes unnoticed. */
const LEAST_OF_BLOCK = 0.1;

/** The recache makes the first block of a new prompt late. */
export const switchRecache: Rule = (results) => {
  const found = resultOf(results.switches);
  const first = found?.switches[0];
  if (found?.meanLatencyNs === undefined || first === undefined) return undefined;
  if (found.meanLatencyNs < LEAST_OF_BLOCK * (found.steadyBlockNs ?? first.beforeNs)) return undefined;
  const block = found.blocks.find(({ name }) => name === first.block);
  const largest = SWITCH_PARTS.filter((part) => part !== 'restBusy' && part !== 'restIdle')
    .toSorted((a, b) => first.parts[b] - first.parts[a])
    .slice(0, 3);
  const { parts } = first;
  const count = found.switches.length;
  const sum = (names: readonly (typeof SWITCH_PARTS)[number][]): number =>
    names.reduce((total, name) => total + Math.max(0, parts[name]), 0) * count;
  return {
    rule: 'switch-recache',
    title: 'A prompt switch recomputes the cache before the next frame',
    evidence: [
      {
        text: `${first.block}: ${formatNs(first.blockNs)} after ${formatNs(first.beforeNs)}, ${formatNs(first.latencyNs)} more,`,
        ...(block === undefined ? {} : { place: rangeSpot(block) }),
        ...jumping(blockRow(results, first.block)),
      },
      {
        text: `Largest parts: ${largest.map((part) => `${SWITCH_PART_NAMES[part]} ${formatNs(parts[part])} (${formatPercent(parts[part] / first.latencyNs)})`).join(', ')}.`,
      },
    ],
    certainty: 'medium',
    because:
      'The latency and its parts are measured. How few frames may be recomputed without harm to the picture is a question of quality.',
    suggestion:
      'Recompute fewer frames (the sink and the last few), spread the recache over the blocks before the switch where the prompt is known early, and compute the prompt’s keys and values once.',
    claims: [
      { pool: 'gpu:attention', ns: sum(['recacheAttention']) },
      { pool: 'gpu:matmul', ns: sum(['recacheLinear']) },
      { pool: 'gpu:rope', ns: sum(['recacheRope']) },
      { pool: 'gpu:elementwise', ns: sum(['recacheElementwise']) },
      { pool: 'gpu:kv', ns: sum(['recacheKv', 'reset']) },
      { pool: 'gpu:other', ns: sum(['recacheOther', 'crossAttention']) },
      ...Object.entries(first.idleByCause.recache).map(([cause, ns]) => ({
        pool: `idle:${cause}`,
        ns: ns * count,
      })),
    ].filter(({ ns }) => ns > 0),
  };
};
