import type { KvResult, KvRow, KvSaving } from '../../analysis/kv-result.js';
import { barListChart } from '../charts/bar-list.js';
import { paintOfClass } from '../charts/palette.js';
import { stackedBarsChart } from '../charts/stacked-bars.js';
import type { Block, Section, TableBlock } from '../document/blocks.js';
import { atCell, bytesCell, countCell, nameCell, rateCell, shareCell, timeCell } from '../document/cells.js';
import { opSpot } from '../document/spot.js';
import { kvKey } from '../examples.js';
import type { ReportResults } from '../results.js';
import { formatExact, formatNs, formatPercent, plural } from '../units.js';
import { TITLES } from './rows.js';

export function kvSection({ kv, examples }: ReportResults): Section {
  return {
    id: 'kv',
    title: TITLES.kv,
    question:
      'What does keeping the KV cache cost: time, waits and bytes against the GPU’s memory bandwidth?',
    blocks:
      'refused' in kv
        ? [{ kind: 'note', text: kv.refused }]
        : kv.result.rows.length === 0
          ? [{ kind: 'note', text: 'No KV-cache operation was found in the window.' }]
          : kvBlocks(kv.result, examples),
  };
}

function kvBlocks(kv: KvResult, examples: ReportResults['examples']): Block[] {
  const { total, shareOfBlock, basis, savings, estimates, notices } = kv;
  const ofBlock =
    shareOfBlock === undefined
      ? ''
      : ` In ${plural(basis.blocks, basis.role === 'steady' ? 'steady block' : 'block')} they are ${formatPercent(shareOfBlock)} of the latency.`;
  return [
    {
      kind: 'text',
      text:
        `KV operations took ${formatNs(total.gpuNs)} of GPU time, and ${formatNs(total.idleNs)} of waits ended ` +
        `with one of them: ${formatPercent(total.share)} of the window.${ofBlock}`,
    },
    timeChart(kv.rows),
    ...rateChart(kv),
    kvTable(kv, examples),
    ...(savings.length > 0 ? [savingsTable(savings)] : []),
    ...[...estimates, ...notices].map((text): Block => ({ kind: 'note', text: `${text}.` })),
  ];
}

/** One bar an operation, all phases together: on the GPU, and waiting. */
function timeChart(rows: readonly KvRow[]): Block {
  const operations = [...new Set(rows.map(({ operation }) => operation))];
  const sums = operations
    .map((operation) => {
      const own = rows.filter((row) => row.operation === operation);
      return {
        name: operation,
        partsNs: [
          own.reduce((sum, row) => sum + row.gpuNs, 0),
          own.reduce((sum, row) => sum + row.idleNs, 0),
        ],
      };
    })
    .toSorted((a, b) => b.partsNs[0]! + b.partsNs[1]! - a.partsNs[0]! - a.partsNs[1]!);
  const series = [
    { name: 'on the GPU', paint: paintOfClass('kv.clone') },
    { name: 'waits before it', paint: { color: 'red', pattern: 'rising' as const } },
  ];
  return {
    kind: 'chart',
    caption: 'Time of each KV operation in the window',
    legend: series,
    draw: (size) =>
      stackedBarsChart(
        {
          title: 'GPU time and waits of each KV operation',
          description: sums
            .map(
              ({ name, partsNs }) =>
                `${name} ${formatNs(partsNs[0]!)} on the GPU, ${formatNs(partsNs[1]!)} waiting`,
            )
            .join('; '),
          series,
          rows: sums,
        },
        size,
      ),
  };
}

interface Rate {
  readonly operation: string;
  readonly bytesPerSecond: number;
  readonly estimated: boolean;
}

/** All phases of an operation together; reading positions moves next to nothing, and is left out. */
function ratesOf(rows: readonly KvRow[]): Rate[] {
  const operations = [...new Set(rows.map(({ operation }) => operation))].filter((one) => one !== 'kv.index');
  return operations.flatMap((operation) => {
    const rated = rows.filter((row) => row.operation === operation && (row.bytesPerSecond ?? 0) > 0);
    const bytes = rated.reduce((sum, row) => sum + (row.bytes ?? 0), 0);
    const seconds = rated.reduce((sum, row) => sum + (row.bytes ?? 0) / row.bytesPerSecond!, 0);
    const estimated = rated.some(({ bytesFrom }) => bytesFrom === 'estimated');
    return seconds > 0 ? [{ operation, bytesPerSecond: bytes / seconds, estimated }] : [];
  });
}

function rateChart({ rows, peak }: KvResult): Block[] {
  const rates = ratesOf(rows);
  if (rates.length === 0) return [];
  const text = (rate: Rate): string => `${rate.estimated ? '≈ ' : ''}${gigabytes(rate.bytesPerSecond)}`;
  return [
    {
      kind: 'chart',
      caption: 'Achieved bandwidth of each operation, against the GPU’s peak (≈: bytes estimated)',
      draw: (size) =>
        barListChart(
          {
            title: 'Achieved bandwidth of KV operations',
            description: rates.map((rate) => `${rate.operation} ${text(rate)}`).join(', '),
            bars: rates.map((rate) => ({
              name: rate.operation,
              value: rate.bytesPerSecond,
              text: text(rate),
              paint: paintOfClass(rate.operation),
            })),
            ...(peak === undefined
              ? {}
              : {
                  limit: {
                    value: peak.bytesPerSecond,
                    text: `${peak.from} peak ${gigabytes(peak.bytesPerSecond)}`,
                  },
                }),
          },
          size,
        ),
    },
  ];
}

function gigabytes(bytesPerSecond: number): string {
  return `${formatExact(bytesPerSecond / 1e9)} GB/s`;
}

function kvTable({ rows, total }: KvResult, examples: ReportResults['examples']): TableBlock {
  return {
    kind: 'table',
    caption: 'KV operations by phase',
    rowId: 'kv',
    columns: [
      { header: 'operation', term: 'kvOperation' },
      { header: 'phase', term: 'phase' },
      { header: 'instances', align: 'right', term: 'instances' },
      { header: 'ops', align: 'right', term: 'op' },
      { header: 'GPU time', align: 'right', term: 'gpuTime' },
      { header: 'waits', align: 'right', term: 'gap' },
      { header: 'each', align: 'right' },
      { header: 'bytes', align: 'right', term: 'bandwidth' },
      { header: 'GB/s', align: 'right', term: 'bandwidth' },
      { header: 'of peak', align: 'right', term: 'bandwidth' },
      { header: 'longest op at', align: 'right' },
    ],
    rows: rows.map((row) => {
      const mark = row.bytesFrom === 'estimated' ? ' est.' : '';
      const example = examples.kv.get(kvKey(row.operation, row.phase));
      return [
        nameCell(row.operation, paintOfClass(row.operation)),
        row.phase,
        countCell(row.instances),
        countCell(row.ops),
        timeCell(row.gpuNs),
        timeCell(row.idleNs),
        timeCell(row.instances === 0 ? undefined : (row.gpuNs + row.idleNs) / row.instances),
        bytesCell(row.bytes, mark),
        rateCell(row.bytesPerSecond),
        shareCell(row.shareOfPeak),
        atCell(example && opSpot(example)),
      ];
    }),
    total: [
      'all',
      '',
      countCell(total.instances),
      countCell(total.ops),
      timeCell(total.gpuNs),
      timeCell(total.idleNs),
      '',
      bytesCell(total.bytes),
      rateCell(total.bytesPerSecond),
      '',
      '',
    ],
  };
}

function savingsTable(savings: readonly KvSaving[]): TableBlock {
  return {
    kind: 'table',
    caption: 'What changes to the cache could save at most, a block; they overlap and do not add up',
    columns: [
      { header: 'change' },
      { header: 'at most', align: 'right', term: 'bound' },
      { header: 'of block', align: 'right', term: 'block' },
      { header: 'GPU time', align: 'right', term: 'gpuTime' },
      { header: 'waits', align: 'right', term: 'gap' },
      { header: 'assuming', wide: true },
    ],
    rows: savings.map(({ edit, perBlockNs, share, gpuNs, idleNs, assumption }) => [
      edit.replace('+', ' + '),
      timeCell(perBlockNs),
      shareCell(share),
      timeCell(gpuNs),
      timeCell(idleNs),
      assumption,
    ]),
  };
}
