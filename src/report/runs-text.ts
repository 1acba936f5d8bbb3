import { latencyOf } from '../runs/run-log.js';
import type { CataloguedRun } from '../runs/run-record.js';
import { formatMs } from './blocks-text.js';
import { printable } from './printable.js';
import type { TextStyle } from './style.js';
import { formatTable, type Row } from './table.js';
import { formatPercent, plural } from './units.js';

const ROOM_FOR_CHANGE = 110;
const ROOM_FOR_GPU = 90;

/** `gapscope runs list` for people. */
export function runsText(runs: readonly CataloguedRun[], catalogue: string, style: TextStyle): string[] {
  const { colors, width } = style;
  const withChange = width >= ROOM_FOR_CHANGE;
  const withGpu = width >= ROOM_FOR_GPU;
  return [
    colors.bold(plural(runs.length, 'run')) + colors.dim(`  ${printable(catalogue)}`),
    ...formatTable(
      [
        { header: 'run', shrinkTo: 10 },
        { header: 'added' },
        ...(withGpu ? [{ header: 'GPU', shrinkTo: 8 }] : []),
        { header: 'block', align: 'right' },
        { header: 'switch', align: 'right' },
        { header: 'idle', align: 'right' },
        { header: 'KV', align: 'right' },
        { header: 'base', shrinkTo: 6 },
        { header: 'verdict' },
        ...(withChange ? [{ header: 'change', shrinkTo: 8 }] : []),
      ],
      runs.map((run): Row => {
        const { metrics, facts } = run;
        const latency = latencyOf(run);
        return [
          { text: printable(run.name), paint: colors.bold },
          { text: printable(run.addedAt.slice(0, 16).replace('T', ' ')), paint: colors.dim },
          ...(withGpu ? [printable(facts.gpu ?? '')] : []),
          latency.of === 'span' ? `(${formatMs(latency.ns)})` : formatMs(latency.ns),
          metrics.switchLatencyNs === undefined ? '' : formatMs(metrics.switchLatencyNs),
          formatPercent(metrics.idleShare),
          metrics.kvShareOfBlock === undefined ? '' : formatPercent(metrics.kvShareOfBlock),
          printable(run.base ?? ''),
          { text: run.verdict ?? '', paint: run.verdict === 'keep' ? colors.green : colors.dim },
          ...(withChange ? [printable(run.change ?? '')] : []),
        ];
      }),
      style,
      '  ',
    ),
    ...(runs.some((run) => latencyOf(run).of === 'span')
      ? [colors.dim('  in brackets: the whole span, of a run without steady blocks')]
      : []),
  ];
}
