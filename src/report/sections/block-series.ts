import type { Block, BlocksResult } from '../../analysis/blocks.js';
import { columnsChart } from '../charts/columns.js';
import { paintOfRole } from '../charts/palette.js';
import type { LegendEntry, Section } from '../document/blocks.js';
import { atCell, nameCell, timeCell } from '../document/cells.js';
import { rangeSpot } from '../document/spot.js';
import { resultOf, type ReportResults } from '../results.js';
import { formatNs, plural } from '../units.js';
import { TITLES } from './rows.js';

export function blocksSection({ switches }: ReportResults): Section {
  const head = {
    id: 'blocks',
    title: TITLES.blocks,
    question: 'How long does each temporal block take, and when is the pipeline in its steady state?',
  };
  const result = resultOf(switches);
  if (result === undefined) {
    return { ...head, blocks: [{ kind: 'note', text: 'refused' in switches ? switches.refused : '' }] };
  }
  const { blocks, steadyBlockNs, notices } = result;
  return {
    ...head,
    blocks: [
      {
        kind: 'chart',
        caption: 'Latency of each block, in order',
        legend: legend(blocks),
        draw: (size) =>
          columnsChart(
            {
              title: 'Latency of each temporal block',
              description: inWords(result),
              columns: blocks.map(({ name, role, durationNs }, i) => ({
                tick: /(\d+)\D*$/.exec(name)?.[1]?.slice(0, 6) ?? String(i),
                name: `${name} (${role})`,
                ns: durationNs,
                paint: paintOfRole(role),
              })),
              xLabel: 'block',
              ...(steadyBlockNs === undefined ? {} : { reference: { ns: steadyBlockNs, name: 'steady' } }),
            },
            size,
          ),
      },
      blockTable(blocks, steadyBlockNs),
      ...notices.map((text) => ({ kind: 'note' as const, text: `${text}.` })),
    ],
  };
}

function legend(blocks: readonly Block[]): LegendEntry[] {
  return (['first', 'filling', 'steady', 'switch'] as const)
    .map((role) => ({ role, count: blocks.filter((block) => block.role === role).length }))
    .filter(({ count }) => count > 0)
    .map(({ role, count }) => ({ name: role, paint: paintOfRole(role), value: plural(count, 'block') }));
}

function inWords({ blocks, steadyBlockNs }: BlocksResult): string {
  const steady = steadyBlockNs === undefined ? 'no steady state' : `steady state ${formatNs(steadyBlockNs)}`;
  return `${plural(blocks.length, 'block')}, ${steady}. The table below has every value.`;
}

function blockTable(blocks: readonly Block[], steadyBlockNs: number | undefined): Section['blocks'][number] {
  return {
    kind: 'table',
    caption: 'Blocks',
    rowId: 'block',
    columns: [
      { header: 'block' },
      { header: 'role', term: 'role' },
      { header: 'starts at', align: 'right' },
      { header: 'latency', align: 'right', term: 'block' },
      { header: 'over steady', align: 'right', term: 'steady' },
    ],
    rows: blocks.map(({ name, role, startNs, durationNs }) => [
      { text: name, code: true },
      nameCell(role, paintOfRole(role)),
      atCell(rangeSpot({ startNs, durationNs })),
      timeCell(durationNs),
      timeCell(steadyBlockNs === undefined ? undefined : durationNs - steadyBlockNs),
    ]),
  };
}
