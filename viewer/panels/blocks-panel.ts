import type { Block, BlocksResult } from '../../src/analysis/blocks.js';
import { formatExact, formatNs } from '../../src/report/units.js';
import type { PanelContext } from '../shell/panel-context.js';
import type { Panel } from '../shell/panel-host.js';
import { blocksChart } from './blocks-chart.js';
import { element, message } from './elements.js';
import { showFindings } from './findings-source.js';
import { frame } from './frame.js';
import { notices } from './notices.js';
import { sortableTable } from './sortable-table.js';

/** Block latencies and the steady state; a click shows the block. */
export const blocksPanel: Panel = {
  id: 'blocks',
  title: 'Blocks',
  hint: 'Latency of every temporal block',
  mount: (host, context) =>
    showFindings(host, context, (body, { findings }) => {
      if ('refused' in findings.blocks) return void body.append(message(findings.blocks.refused));
      return showBlocks(body, context, findings.blocks.result, findings.offsetNs);
    }),
};

function showBlocks(
  body: HTMLElement,
  context: PanelContext,
  result: BlocksResult,
  offsetNs: number,
): () => void {
  const { steadyBlockNs, interFrameNs, blocks } = result;
  const figures = element('div', 'figures');
  for (const [label, ns] of [
    ['steady block', steadyBlockNs],
    ['a latent frame', interFrameNs],
  ] as const) {
    if (ns === undefined) continue;
    const figure = element('div', 'figure', element('b', '', formatNs(ns)), element('span', 'muted', label));
    figure.title = `${formatExact(ns)} ns`;
    figures.append(figure);
  }
  body.append(figures);
  const go = (block: Block): void =>
    frame(context, block.startNs + offsetNs, block.startNs + offsetNs + block.durationNs, block.name);
  const stop = blocksChart(body, result, go);
  sortableTable<Block>(body, {
    caption: 'Temporal blocks',
    limit: 60,
    onRow: go,
    columns: [
      { title: 'block', text: ({ name }) => name, value: ({ startNs }) => startNs },
      { title: 'role', text: ({ role }) => role },
      {
        title: 'latency',
        numeric: true,
        text: ({ durationNs }) => formatNs(durationNs),
        value: ({ durationNs }) => durationNs,
        hint: ({ durationNs }) => `${formatExact(durationNs)} ns`,
      },
      {
        title: 'of steady',
        numeric: true,
        text: ({ durationNs }) =>
          steadyBlockNs === undefined ? '' : `${((durationNs / steadyBlockNs) * 100).toFixed(1)} %`,
        value: ({ durationNs }) => durationNs,
      },
    ],
  }).show(blocks);
  notices(body, result.notices);
  return stop;
}
