import type { DeviceKernelsResult, KernelRow } from '../../analysis/kernels-result.js';
import { ratio } from '../budget-text.js';
import { paintOfClass } from '../charts/palette.js';
import { stackedBarsChart } from '../charts/stacked-bars.js';
import type { Block, Section, TableBlock } from '../document/blocks.js';
import {
  atCell,
  countCell,
  kernelCell,
  nameCell,
  numberCell,
  shareCell,
  timeCell,
} from '../document/cells.js';
import { opSpot } from '../document/spot.js';
import { kernelsOf, type ReportResults } from '../results.js';
import { formatNs, formatPercent, plural } from '../units.js';
import { LISTED, TITLES } from './rows.js';

export function kernelsSection(results: ReportResults): Section {
  const device = kernelsOf(results);
  return {
    id: 'kernels',
    title: TITLES.kernels,
    question: 'Which kernels take the time, and do they fill the GPU?',
    blocks:
      device === undefined
        ? [{ kind: 'note', text: 'refused' in results.kernels ? results.kernels.refused : 'No kernel ran.' }]
        : device.kernels.length === 0
          ? [{ kind: 'note', text: 'No kernel ran within the window.' }]
          : [
              classChart(device),
              kernelTable(device, results),
              ...(device.notKnown === undefined
                ? []
                : [
                    { kind: 'note' as const, text: `Occupancy and waves are not known: ${device.notKnown}.` },
                  ]),
            ],
  };
}

function classChart({ kernels, kernelNs }: DeviceKernelsResult): Block {
  const byClass = new Map<string, number>();
  for (const row of kernels) byClass.set(row.class, (byClass.get(row.class) ?? 0) + row.totalNs);
  const classes = [...byClass].toSorted(([, a], [, b]) => b - a);
  const series = classes.map(([name]) => ({ name, paint: paintOfClass(name) }));
  return {
    kind: 'chart',
    caption: 'Kernel time by class',
    // What is too small to be seen is in the data alone.
    legend: series
      .map((one, i) => ({ ...one, value: formatPercent(ratio(classes[i]![1], kernelNs)) }))
      .filter((_, i) => ratio(classes[i]![1], kernelNs) >= 0.0005),
    draw: (size) =>
      stackedBarsChart(
        {
          title: 'Kernel time by class of op',
          description: classes.map(([name, ns]) => `${name} ${formatNs(ns)}`).join(', '),
          series,
          rows: [{ name: 'kernels', partsNs: classes.map(([, ns]) => ns) }],
        },
        size,
      ),
  };
}

function kernelTable(device: DeviceKernelsResult, { examples }: ReportResults): TableBlock {
  const { kernels, omitted } = device;
  const listed = kernels.slice(0, LISTED.kernel);
  const hidden = kernels.slice(LISTED.kernel);
  const hiddenNs = hidden.reduce((sum, { totalNs }) => sum + totalNs, omitted.totalNs);
  const count = hidden.length + omitted.count;
  return {
    kind: 'table',
    caption: `Kernels by time: ${formatNs(device.kernelNs)} in ${plural(device.count, 'launch', 'launches')}`,
    rowId: 'kernel',
    columns: [
      { header: 'kernel' },
      { header: 'class', term: 'class' },
      { header: 'total', align: 'right', term: 'gpuTime' },
      { header: 'share', align: 'right' },
      { header: 'count', align: 'right' },
      { header: 'mean', align: 'right' },
      { header: 'p95', align: 'right' },
      { header: 'longest at', align: 'right' },
      { header: 'occupancy', align: 'right', term: 'occupancy' },
      { header: 'limit', term: 'occupancy' },
      { header: 'waves', align: 'right', term: 'waves' },
      { header: 'tail', align: 'right', term: 'tail' },
    ],
    rows: listed.map((row) => kernelRow(row, listed[0]!.share, examples)),
    ...(count > 0
      ? {
          omitted: `${plural(count, 'more kernel')} with ${formatNs(hiddenNs)}: gapscope kernels --top all lists them; so does the data in this file.`,
        }
      : {}),
  };
}

function kernelRow(
  row: KernelRow,
  largest: number,
  { kernels }: ReportResults['examples'],
): TableBlock['rows'][number] {
  const { main } = row;
  const example = kernels.get(row.fullName);
  const paint = paintOfClass(row.class);
  return [
    kernelCell(row.name, row.fullName),
    nameCell(row.class, paint),
    timeCell(row.totalNs),
    { ...shareCell(row.share), meter: { share: ratio(row.share, largest), paint } },
    countCell(row.count),
    timeCell(row.meanNs),
    timeCell(row.p95Ns),
    atCell(example && opSpot(example)),
    shareCell(row.occupancy),
    main.occupancy?.limiter ?? '–',
    main.schedule === 'persistent' ? { text: 'persistent', sort: 0 } : numberCell(main.waves?.waves, 2),
    timeCell(row.tailNs),
  ];
}
