import type { DeviceGapsResult } from '../../analysis/gaps.js';
import type { Hotspot } from '../../analysis/hotspots.js';
import { ratio } from '../budget-text.js';
import { meaningOf } from '../causes.js';
import { barListChart } from '../charts/bar-list.js';
import { BUSY, paintOfCause } from '../charts/palette.js';
import { stackedBarsChart } from '../charts/stacked-bars.js';
import type { Block, Section, TableBlock } from '../document/blocks.js';
import { atCell, countCell, nameCell, pathCell, shareCell, timeCell } from '../document/cells.js';
import { gapSpot } from '../document/spot.js';
import { gapsOf, type ReportResults } from '../results.js';
import { formatExact, formatNs, formatPercent, plural } from '../units.js';
import { LISTED, TITLES } from './rows.js';

export function idleSection(results: ReportResults): Section {
  const device = gapsOf(results);
  return {
    id: 'idle',
    title: TITLES.idle,
    question: 'Where does the GPU wait, and for what?',
    blocks:
      device.idleNs === 0
        ? [{ kind: 'note', text: 'The GPU was never idle within the window.' }]
        : [
            windowChart(device),
            causesChart(device),
            budgetTable(device),
            hotspotTable(device),
            ...remarks(device),
          ],
  };
}

function causesOf({ idleByCause }: DeviceGapsResult): [cause: string, ns: number][] {
  return Object.entries(idleByCause)
    .filter(([, ns]) => ns > 0)
    .toSorted(([, a], [, b]) => b - a);
}

function windowChart(device: DeviceGapsResult): Block {
  const causes = causesOf(device);
  const series = [
    { name: 'busy', paint: BUSY },
    ...causes.map(([cause]) => ({ name: cause, paint: paintOfCause(cause) })),
  ];
  const partsNs = [device.busyNs, ...causes.map(([, ns]) => ns)];
  const { spanNs } = device.window;
  return {
    kind: 'chart',
    caption: 'The window: busy time, and idle time by cause',
    // What is too small to be seen is in the table alone.
    legend: series
      .map((one, i) => ({ ...one, value: formatPercent(ratio(partsNs[i]!, spanNs)) }))
      .filter((_, i) => ratio(partsNs[i]!, spanNs) >= 0.0005),
    draw: (size) =>
      stackedBarsChart(
        {
          title: 'The window split into busy time and the causes of idle time',
          description: `Busy ${formatNs(device.busyNs)} of ${formatNs(spanNs)}; ${causes.map(([cause, ns]) => `${cause} ${formatNs(ns)}`).join(', ')}.`,
          series,
          rows: [{ name: 'window', partsNs }],
        },
        size,
      ),
  };
}

function causesChart(device: DeviceGapsResult): Block {
  const causes = causesOf(device).filter(([, ns]) => ratio(ns, device.idleNs) >= 0.001);
  return {
    kind: 'chart',
    caption: 'Idle time by cause',
    draw: (size) =>
      barListChart(
        {
          title: 'Idle time by cause',
          description: causes.map(([cause, ns]) => `${cause} ${formatNs(ns)}`).join(', '),
          bars: causes.map(([cause, ns]) => ({
            name: cause,
            value: ns,
            text: `${formatNs(ns)} · ${formatPercent(ratio(ns, device.idleNs))}`,
            paint: paintOfCause(cause),
          })),
        },
        size,
      ),
  };
}

function budgetTable(device: DeviceGapsResult): TableBlock {
  const { idleNs, window, gapCount } = device;
  return {
    kind: 'table',
    caption: `Idle budget: ${formatNs(idleNs)} in ${plural(gapCount, 'gap')}, each nanosecond charged once`,
    columns: [
      { header: 'cause', term: 'cause' },
      { header: 'time', align: 'right', term: 'idle' },
      { header: 'of idle', align: 'right' },
      { header: 'of window', align: 'right', term: 'window' },
      { header: 'exact ns', align: 'right' },
      { header: 'what it is', wide: true },
    ],
    rows: causesOf(device).map(([cause, ns]) => [
      nameCell(cause, paintOfCause(cause)),
      timeCell(ns),
      shareCell(ratio(ns, idleNs)),
      shareCell(ratio(ns, window.spanNs)),
      { text: formatExact(ns), sort: ns },
      meaningOf(cause),
    ]),
    total: [
      'all idle time',
      timeCell(idleNs),
      shareCell(1),
      shareCell(ratio(idleNs, window.spanNs)),
      { text: formatExact(idleNs), sort: idleNs },
      '',
    ],
  };
}

function hotspotTable(device: DeviceGapsResult): TableBlock {
  const { hotspots, hotspotsOmitted } = device;
  const listed = hotspots.slice(0, LISTED.hotspot);
  const hidden = hotspots.slice(LISTED.hotspot);
  const count = hidden.length + hotspotsOmitted.count;
  const totalNs = hidden.reduce((sum, spot) => sum + spot.totalNs, hotspotsOmitted.totalNs);
  const largest = listed[0]?.totalNs ?? 1;
  return {
    kind: 'table',
    caption: 'Hotspots: gaps of one kind, in one place',
    rowId: 'hotspot',
    columns: [
      { header: 'total', align: 'right', term: 'hotspot' },
      { header: 'of window', align: 'right', term: 'window' },
      { header: 'gaps', align: 'right', term: 'gap' },
      { header: 'median', align: 'right' },
      { header: 'p95', align: 'right' },
      { header: 'cause', term: 'cause' },
      { header: 'between', term: 'class' },
      { header: 'place', wide: true, term: 'path' },
      { header: 'longest at', align: 'right' },
    ],
    rows: listed.map((spot) => hotspotRow(spot, largest)),
    ...(count > 0
      ? {
          omitted: `${plural(count, 'more hotspot')} with ${formatNs(totalNs)} of idle time: gapscope gaps --top all lists them; so does the data in this file.`,
        }
      : {}),
  };
}

function hotspotRow(spot: Hotspot, largest: number): TableBlock['rows'][number] {
  const paint = paintOfCause(spot.cause);
  return [
    { ...timeCell(spot.totalNs), meter: { share: spot.totalNs / largest, paint } },
    shareCell(spot.share),
    countCell(spot.count),
    timeCell(spot.medianNs),
    timeCell(spot.p95Ns),
    nameCell(spot.cause, paint),
    `${spot.before} → ${spot.after}`,
    pathCell(spot.path),
    { ...atCell(gapSpot(spot.example)), full: exampleText(spot) },
  ];
}

function exampleText({ example }: Hotspot): string {
  const { durationNs, beforeName, afterName } = example;
  return `${formatNs(durationNs)} between ${beforeName ?? 'the start'} and ${afterName ?? 'the end'}`;
}

function remarks({ unknownLaunches, graphOps, clippedNs }: DeviceGapsResult): Block[] {
  const texts: string[] = [];
  if (unknownLaunches > 0) {
    texts.push(
      `${plural(unknownLaunches, 'gap')} ended with an op whose launch is not in the trace: unknown.`,
    );
  }
  if (graphOps.total > graphOps.attributed) {
    const lost = plural(graphOps.total - graphOps.attributed, 'op');
    texts.push(
      `${lost} of graph replays (of ${formatExact(graphOps.total)}) lack the ranges of their capture.`,
    );
  }
  if (clippedNs > 0) texts.push(`${formatNs(clippedNs)} lay in two windows, and counts in the earlier.`);
  return texts.map((text) => ({ kind: 'note', text }));
}
