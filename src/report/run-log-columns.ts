import type { LatencyDifference, LogOfBase, LogRow } from '../runs/run-log.js';
import type { OptionChange } from '../runs/option-changes.js';
import { formatMs } from './blocks-text.js';
import { formatBytes, formatPercent, plural } from './units.js';

/** A column of the optimization log. Cells are foreign text in part: print or escape them. */
export interface LogColumn {
  readonly header: string;
  readonly align?: 'left' | 'right';
  readonly shrinkTo?: number;
  /** Where there is no room, the highest goes first; 0 stays. */
  readonly leaveOut: number;
  readonly cell: (row: LogRow) => string;
}

/** Options named in a cell; the rest are counted. */
const MAX_OPTIONS = 4;
export const WITHIN_SPREAD = '≈';

const right = { align: 'right' } as const;

/** The columns that hold something in this log. */
export function logColumns({ rows }: LogOfBase): LogColumn[] {
  const ofBlock = rows.some(({ latencyOf }) => latencyOf === 'steady-block');
  const ofSpan = rows.some(({ latencyOf }) => latencyOf === 'span');
  // One that repeats the column before it in every row says nothing.
  const keptDiffers = rows.some(({ versusKept, versusBase }) => versusKept?.run !== versusBase?.run);
  const columns: LogColumn[] = [
    { header: 'run', shrinkTo: 10, leaveOut: 0, cell: ({ run }) => run },
    { header: 'change', shrinkTo: 12, leaveOut: 0, cell: changeText },
    ...(ofBlock ? [latencyColumn('block', 'steady-block')] : []),
    ...(ofSpan ? [latencyColumn('span', 'span')] : []),
    { header: 'vs base', ...right, leaveOut: 0, cell: ({ versusBase }) => differenceText(versusBase) },
    ...(keptDiffers
      ? [
          {
            header: 'vs kept',
            ...right,
            leaveOut: 3,
            cell: ({ versusKept }: LogRow) => differenceText(versusKept),
          },
        ]
      : []),
    {
      header: 'predicted',
      ...right,
      leaveOut: 2,
      cell: ({ prediction }) => (prediction === undefined ? '' : formatMs(prediction.predictedNs)),
    },
    { header: 'error', ...right, leaveOut: 2, cell: ({ prediction }) => percent(prediction?.errorShare) },
    { header: 'a frame', ...right, leaveOut: 5, cell: ({ interFrameNs: ns }) => optional(ns, formatMs) },
    { header: 'switch', ...right, leaveOut: 4, cell: ({ switchLatencyNs: ns }) => optional(ns, formatMs) },
    { header: 'idle', ...right, leaveOut: 6, cell: ({ idleShare }) => formatPercent(idleShare) },
    {
      header: 'KV',
      ...right,
      leaveOut: 7,
      cell: ({ kvShareOfBlock }) => optional(kvShareOfBlock, formatPercent),
    },
    {
      header: 'memory',
      ...right,
      leaveOut: 5,
      cell: ({ peakMemoryBytes }) => optional(peakMemoryBytes, formatBytes),
    },
    { header: 'PSNR', ...right, leaveOut: 3, cell: psnrText },
    {
      header: 'SSIM',
      ...right,
      leaveOut: 4,
      cell: ({ quality }) => optional(quality?.ssim, (ssim) => ssim.toFixed(4)),
    },
    {
      header: 'movement',
      ...right,
      leaveOut: 8,
      cell: ({ quality }) => percent(quality?.movementShare),
    },
    {
      header: 'sharpness',
      ...right,
      leaveOut: 9,
      cell: ({ quality }) => percent(quality?.sharpnessShare),
    },
    { header: 'verdict', leaveOut: 1, cell: ({ verdict = '' }) => verdict },
  ];
  return columns.filter(({ leaveOut, cell }) => leaveOut === 0 || rows.some((row) => cell(row) !== ''));
}

function latencyColumn(header: string, of: LogRow['latencyOf']): LogColumn {
  return {
    header,
    ...right,
    leaveOut: 0,
    cell: ({ latencyOf, latencyNs }) => (latencyOf === of ? formatMs(latencyNs) : ''),
  };
}

/** What the user said was changed, else the options that differ. */
export function changeText({ change, base, options }: LogRow): string {
  if (change !== undefined) return change;
  if (base === undefined) return '(base)';
  const both = options.filter(({ from, to }) => from !== undefined && to !== undefined);
  return optionsText(both);
}

/** `cudaGraphs false → true, itemSync true → false`; `—` stands for an option that a run does not have. */
export function optionsText(options: readonly OptionChange[], most = MAX_OPTIONS): string {
  const shown = options
    .slice(0, most)
    .map(({ option, from = '—', to = '—' }) => `${option} ${String(from)} → ${String(to)}`);
  const rest = options.length - shown.length;
  return [...shown, ...(rest > 0 ? [`${plural(rest, 'option')} more`] : [])].join(', ');
}

/** `mark` stands behind a difference within the spread. */
export function differenceText(
  difference: LatencyDifference | undefined,
  mark = ` ${WITHIN_SPREAD}`,
): string {
  if (difference === undefined) return '';
  return percent(difference.share) + (difference.spread?.verdict === 'within' ? mark : '');
}

function psnrText({ quality }: LogRow): string {
  if (quality?.identical === true) return 'equal';
  return optional(quality?.psnr, (psnr) => `${psnr.toFixed(1)} dB`);
}

function optional(value: number | undefined, format: (value: number) => string): string {
  return value === undefined ? '' : format(value);
}

/** `+1.2 %`, `−63.5 %`, `0.0 %`. */
export function percent(share: number | undefined): string {
  if (share === undefined) return '';
  const text = formatPercent(Math.abs(share));
  if (text === formatPercent(0)) return text;
  return (share < 0 ? '−' : '+') + text;
}
