import {
  SWITCH_PARTS,
  type SwitchLatency,
  type SwitchPart,
  type SwitchResult,
} from '../../analysis/switch.js';
import { BUSY, paintOfClass } from '../charts/palette.js';
import type { Paint } from '../charts/paint.js';
import { waterfallChart } from '../charts/waterfall.js';
import type { Block, Section, TableBlock } from '../document/blocks.js';
import { atCell, countCell, nameCell, shareCell, timeCell } from '../document/cells.js';
import { rangeSpot, type Spot } from '../document/spot.js';
import { SWITCH_PART_NAMES } from '../switch-names.js';
import type { ReportResults } from '../results.js';
import { formatNs, plural } from '../units.js';
import { TITLES } from './rows.js';

/** With more switches than this, the rest are in the table alone. */
const WATERFALLS = 3;

const PAINT: Readonly<Record<SwitchPart, Paint>> = {
  reset: paintOfClass('kv.reset'),
  recacheAttention: paintOfClass('attention'),
  recacheLinear: paintOfClass('matmul'),
  recacheKv: paintOfClass('kv.clone'),
  recacheRope: paintOfClass('rope'),
  recacheElementwise: paintOfClass('elementwise'),
  recacheOther: paintOfClass('other'),
  crossAttention: paintOfClass('cross-kv'),
  recacheIdle: { color: 'red', pattern: 'rising' },
  restBusy: { color: 'grey', pattern: 'solid' },
  restIdle: { color: 'red', pattern: 'dots' },
};

export function switchSection({ switches, noSwitch }: ReportResults): Section {
  const blocks: Block[] =
    'refused' in switches
      ? [{ kind: 'note', text: switches.refused }]
      : switches.result.switches.length === 0
        ? [{ kind: 'note', text: noSwitch ?? 'No prompt switch was measured.' }]
        : switchBlocks(switches.result);
  return {
    id: 'switch',
    title: TITLES.switch,
    question: 'How much longer is the first block after a prompt switch, and what is it made of?',
    blocks,
  };
}

function switchBlocks(result: SwitchResult): Block[] {
  return [
    ...result.switches.slice(0, WATERFALLS).map(waterfall),
    placesTable(result),
    partsTable(result.switches),
    ...(result.amortised.length > 0 ? [amortisedTable(result)] : []),
  ];
}

function waterfall(one: SwitchLatency): Block {
  const { before, beforeNs, block, blockNs, latencyNs, parts } = one;
  return {
    kind: 'chart',
    caption: `From ${before} to ${block}: ${formatNs(latencyNs)} longer`,
    draw: (size) =>
      waterfallChart(
        {
          title: `What the prompt switch in ${block} adds`,
          description: SWITCH_PARTS.map((part) => `${SWITCH_PART_NAMES[part]} ${formatNs(parts[part])}`).join(
            ', ',
          ),
          steps: [
            { name: before, ns: beforeNs, kind: 'total', paint: BUSY },
            ...SWITCH_PARTS.filter((part) => parts[part] !== 0).map((part) => ({
              name: SWITCH_PART_NAMES[part],
              ns: parts[part],
              kind: 'change' as const,
              paint: PAINT[part],
            })),
            { name: block, ns: blockNs, kind: 'total', paint: BUSY },
          ],
        },
        size,
      ),
  };
}

function placesTable({ switches, blocks }: SwitchResult): TableBlock {
  const spotOf = (name: string): Spot | undefined => {
    const block = blocks.find((one) => one.name === name);
    return block && rangeSpot(block);
  };
  return {
    kind: 'table',
    caption: 'Each switch: its block and the block before',
    rowId: 'switch',
    columns: [
      { header: 'switch block', term: 'switch' },
      { header: 'starts at', align: 'right' },
      { header: 'latency', align: 'right', term: 'block' },
      { header: 'block before' },
      { header: 'starts at', align: 'right' },
      { header: 'latency', align: 'right', term: 'block' },
    ],
    rows: switches.map(({ block, blockNs, before, beforeNs }) => [
      { text: block, code: true },
      atCell(spotOf(block)),
      timeCell(blockNs),
      { text: before, code: true },
      atCell(spotOf(before)),
      timeCell(beforeNs),
    ]),
  };
}

function partsTable(switches: readonly SwitchLatency[]): TableBlock {
  return {
    kind: 'table',
    caption: 'Switch latency: the switch block less the block before, part by part',
    columns: [
      { header: 'part', term: 'recache' },
      ...switches.map(({ block }) => ({ header: block, align: 'right' as const })),
      { header: 'of latency', align: 'right' as const },
    ],
    rows: SWITCH_PARTS.map((part) => [
      nameCell(SWITCH_PART_NAMES[part], PAINT[part]),
      ...switches.map(({ parts }) => timeCell(parts[part])),
      shareCell(sumOf(switches, part) / switches.reduce((sum, { latencyNs }) => sum + latencyNs, 0)),
    ]),
    total: ['switch latency', ...switches.map(({ latencyNs }) => timeCell(latencyNs)), shareCell(1)],
  };
}

function sumOf(switches: readonly SwitchLatency[], part: SwitchPart): number {
  return switches.reduce((sum, { parts }) => sum + parts[part], 0);
}

function amortisedTable({ amortised }: SwitchResult): TableBlock {
  return {
    kind: 'table',
    caption: 'What a switch adds, spread over the blocks of its prompt',
    columns: [
      { header: 'blocks a prompt' },
      { header: 'a block', align: 'right', term: 'block' },
      { header: 'a frame', align: 'right', term: 'interFrame' },
      { header: 'of steady block', align: 'right', term: 'steady' },
    ],
    rows: amortised.map(({ blocks, perBlockNs, perFrameNs, share }) => [
      { ...countCell(blocks), full: plural(blocks, 'block') },
      timeCell(perBlockNs),
      timeCell(perFrameNs),
      shareCell(share),
    ]),
  };
}
