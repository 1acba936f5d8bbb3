import type { InfoResult } from '../analysis/info.js';
import { noticeLines } from './notices-text.js';
import { printable } from './printable.js';
import type { TextStyle } from './style.js';
import { formatTable, type Row } from './table.js';
import { formatBytes, formatExact, formatNs, plural } from './units.js';

/** What is in a trace, as lines of text. */
export function infoText(info: InfoResult, style: TextStyle): string[] {
  const { colors } = style;
  const facts: [label: string, value: string][] = [];
  const fact = (label: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') facts.push([label, printable(value)]);
  };
  fact('command', info.command);
  for (const { id, name, ops } of info.devices) {
    const model = name === `GPU ${id}` ? '' : `${name} · `;
    fact(`GPU ${id}`, `${model}${plural(ops, 'op')}`);
  }
  fact('recorder', info.source);
  fact('versions', versions(info));
  const startedAt = info.startedAt?.replace('T', ' ').replace(/\..*/, ' UTC') ?? 'at an unknown time';
  fact('recorded', `${startedAt} · pid ${info.pid}`);
  const gpuSpan = info.ops.total > 0 ? ` · GPU work over ${formatNs(info.gpuSpanNs)}` : '';
  fact('span', `${formatNs(info.spanNs)}${gpuSpan}`);
  fact('ops', opsLine(info));
  fact('calls', `${formatExact(info.calls)} on ${plural(info.threads, 'thread')}`);
  fact('ranges', rangesLine(info));
  fact('blocks', blocksLine(info));
  fact('on disk', sizeLine(info));
  fact('lost', lostLine(info));
  const rows: Row[] = facts.map(([label, value]) => [{ text: label, paint: colors.dim }, value]);
  const columns = [{ header: '' }, { header: '', shrinkTo: 20 }];
  const lines = [
    colors.bold(printable(info.name)),
    ...formatTable(columns, rows, style, '  '),
    ...noticeLines(problems(info), style),
  ];
  return lines;
}

function opsLine({ ops, streams, kernelNames, graphs }: InfoResult): string {
  if (ops.total === 0) return 'none: no GPU work in this process';
  const kinds = (['kernel', 'memcpy', 'memset', 'graph'] as const)
    .filter((kind) => ops[kind] > 0)
    .map((kind) => `${formatExact(ops[kind])} ${kind}`);
  const inGraphs =
    ops.inGraphs > 0 ? ` · ${formatExact(ops.inGraphs)} in ${plural(graphs, 'CUDA graph')}` : '';
  const names = `${plural(kernelNames, 'kernel name')} · ${plural(streams, 'stream')}`;
  return `${formatExact(ops.total)} = ${kinds.join(' + ')} · ${names}${inGraphs}`;
}

function rangesLine({ ranges, source }: InfoResult): string {
  const marks = ranges.marks > 0 ? ` and ${plural(ranges.marks, 'mark')}` : '';
  const open = ranges.open > 0 ? ` · ${formatExact(ranges.open)} never closed` : '';
  return ranges.total + ranges.marks === 0
    ? 'none: no NVTX in this program, so nothing can be told by layer'
    : `${formatExact(ranges.total)}${/^(?:PyTorch|Chrome)/.test(source ?? '') ? '' : ' NVTX'}${marks}${open}`;
}

function versions({ versions: found, run }: InfoResult): string {
  const { driver, cupti, library } = found;
  const parts: string[] = [];
  if (driver !== undefined) parts.push(`driver ${driver}`);
  if (cupti !== undefined) parts.push(`CUPTI ${cupti}`);
  if (library !== undefined) parts.push(`gapscope ${library}`);
  if (typeof run?.torch === 'string') parts.push(`torch ${run.torch}`);
  return parts.join(' · ');
}

/** Block times as the pipeline itself measured them while the trace was recorded. */
function blocksLine({ run }: InfoResult): string | undefined {
  const times = run?.blocks?.map(({ durationMs }) => durationMs);
  if (times === undefined || times.length === 0) return undefined;
  const shown = times.slice(0, 8).map((ms) => (ms < 100 ? ms.toFixed(2) : ms.toFixed(1)));
  const more = times.length > shown.length ? ` … ${times.length - shown.length} more` : '';
  return `${shown.join(', ')}${more} ms by ${run?.timing ?? 'the pipeline'}`;
}

function sizeLine({ bytesOnDisk, ops, source }: InfoResult): string {
  // Another tool's file holds more than what is read of it, and perhaps other processes.
  const perOp =
    ops.total > 0 && source === undefined ? ` · ${Math.round(bytesOnDisk / ops.total)} B an op` : '';
  return `${formatBytes(bytesOnDisk)}${perOp}`;
}

const LOSSES = [
  ['dropped', 'dropped by CUPTI'],
  ['zeroTimestamps', 'without timestamps'],
  ['unknownRecords', 'of unknown kind'],
  ['droppedUnwritten', 'refused by the disk'],
] as const;

function lostLine({ lost }: InfoResult): string {
  const known = LOSSES.filter(([key]) => lost[key] !== undefined);
  const some = known.filter(([key]) => lost[key] !== 0).map(([key, text]) => `${lost[key]} ${text}`);
  if (some.length > 0) return some.join(' · ');
  return known.length === 0 ? 'not recorded' : 'nothing';
}

/** What the user must know before trusting the numbers. */
function problems(info: InfoResult): InfoResult['notices'] {
  const found = [...info.notices];
  if (info.capture !== undefined && info.capture !== 'on') {
    found.unshift({ table: 'capture', message: info.capture });
  }
  if (info.foreignBuffers) {
    found.unshift({
      table: 'capture',
      message: 'another profiler took the buffers for part of the time; records are missing',
    });
  }
  const lost = Object.values(info.lost).reduce<number>((sum, count) => sum + (count ?? 0), 0);
  if (lost > 0 && info.ops.total > 0) {
    found.unshift({
      table: 'lost',
      message: `${plural(lost, 'record')} missing: gaps around them read as idle`,
    });
  }
  return found;
}
