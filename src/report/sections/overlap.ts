import type { DeviceOverlapResult } from '../../analysis/overlap-result.js';
import { ratio } from '../budget-text.js';
import { BUSY, IDLE, paintInOrder } from '../charts/palette.js';
import { stackedBarsChart } from '../charts/stacked-bars.js';
import type { Block, Section, TableBlock } from '../document/blocks.js';
import { atCell, bytesCell, countCell, pathCell, shareCell, timeCell } from '../document/cells.js';
import { copyKindText } from '../document/copy-kind-text.js';
import { callSpot } from '../document/spot.js';
import { overlapOf, type ReportResults } from '../results.js';
import { formatNs, formatPercent, plural } from '../units.js';
import { LISTED, TITLES } from './rows.js';

export function overlapSection(results: ReportResults): Section {
  const device = overlapOf(results);
  return {
    id: 'overlap',
    title: TITLES.overlap,
    question: 'Does work run in parallel, are copies hidden, and where does the CPU stand and wait?',
    blocks:
      device === undefined
        ? [{ kind: 'note', text: 'refused' in results.overlap ? results.overlap.refused : 'Nothing ran.' }]
        : [
            concurrencyChart(device),
            ...(device.streams.length > 1
              ? [streamTable(device)]
              : [{ kind: 'note' as const, text: 'All work ran on one stream.' }]),
            ...(device.copies.kinds.length > 0 ? [copyTable(device)] : []),
            ...waits(device),
          ],
  };
}

function concurrencyChart({ concurrency, window, meanOps }: DeviceOverlapResult): Block {
  const series = concurrency.map(({ ops }) => ({
    name: ops === 0 ? 'idle' : `${plural(ops, 'op')} at once`,
    paint: ops === 0 ? IDLE : ops === 1 ? BUSY : paintInOrder(ops - 2),
  }));
  return {
    kind: 'chart',
    caption: `Ops at once: ${meanOps.toFixed(2)} on average while busy`,
    legend: series.map((one, i) => ({ ...one, value: formatPercent(concurrency[i]!.share) })),
    draw: (size) =>
      stackedBarsChart(
        {
          title: 'Time by number of ops that run at once',
          description: `${concurrency.map(({ totalNs }, i) => `${series[i]!.name} ${formatNs(totalNs)}`).join(', ')}, of ${formatNs(window.spanNs)}`,
          series,
          rows: [{ name: 'window', partsNs: concurrency.map(({ totalNs }) => totalNs) }],
        },
        size,
      ),
  };
}

function streamTable({ streams }: DeviceOverlapResult): TableBlock {
  return {
    kind: 'table',
    caption: 'Streams',
    columns: [
      { header: 'stream' },
      { header: 'kernels', align: 'right' },
      { header: 'copies', align: 'right' },
      { header: 'sets', align: 'right' },
      { header: 'busy', align: 'right', term: 'busy' },
      { header: 'of window', align: 'right', term: 'window' },
      { header: 'alone', align: 'right', term: 'overlap' },
    ],
    rows: streams.map(({ context, stream, kernels, copies, sets, busyNs, share, aloneNs }) => [
      `stream ${stream}, context ${context}`,
      countCell(kernels),
      countCell(copies),
      countCell(sets),
      timeCell(busyNs),
      shareCell(share),
      timeCell(aloneNs),
    ]),
  };
}

function copyTable({ copies }: DeviceOverlapResult): TableBlock {
  return {
    kind: 'table',
    caption: 'Copies and fills',
    columns: [
      { header: 'kind' },
      { header: 'count', align: 'right' },
      { header: 'bytes', align: 'right' },
      { header: 'time', align: 'right' },
      { header: 'hidden', align: 'right', term: 'hidden' },
      { header: 'exposed', align: 'right', term: 'hidden' },
      { header: 'exposed share', align: 'right' },
    ],
    rows: copies.kinds.map(({ kind, count, bytes, totalNs, hiddenNs, exposedNs }) => [
      copyKindText(kind),
      countCell(count),
      bytesCell(bytes),
      timeCell(totalNs),
      timeCell(hiddenNs),
      timeCell(exposedNs),
      shareCell(ratio(exposedNs, totalNs)),
    ]),
  };
}

function waits({ hostWaits }: DeviceOverlapResult): Block[] {
  if (hostWaits.count === 0) return [{ kind: 'note', text: 'The host never waited for the GPU.' }];
  const listed = hostWaits.waits.slice(0, LISTED.wait);
  const hidden = hostWaits.waits.slice(LISTED.wait);
  const hiddenNs = hidden.reduce((sum, { totalNs }) => sum + totalNs, hostWaits.omitted.totalNs);
  const count = hidden.length + hostWaits.omitted.count;
  return [
    {
      kind: 'table',
      caption: `Host waits: ${formatNs(hostWaits.totalNs)} in ${plural(hostWaits.count, 'wait')}, ${formatNs(hostWaits.idleNs)} of it while the GPU was idle`,
      rowId: 'wait',
      columns: [
        { header: 'total', align: 'right', term: 'wait' },
        { header: 'GPU idle', align: 'right', term: 'idle' },
        { header: 'count', align: 'right' },
        { header: 'kind' },
        { header: 'call' },
        { header: 'place', wide: true, term: 'path' },
        { header: 'thread' },
        { header: 'longest', align: 'right' },
        { header: 'at', align: 'right' },
      ],
      rows: listed.map((wait) => [
        timeCell(wait.totalNs),
        timeCell(wait.idleNs),
        countCell(wait.count),
        wait.kind,
        { text: wait.call, code: true },
        pathCell(wait.path),
        wait.threadName === '' ? String(wait.thread) : wait.threadName,
        timeCell(wait.longest.durationNs),
        atCell(callSpot(wait.longest, wait.thread)),
      ]),
      ...(count > 0
        ? {
            omitted: `${plural(count, 'more place')} with ${formatNs(hiddenNs)}: gapscope overlap --top all lists them.`,
          }
        : {}),
    },
  ];
}
