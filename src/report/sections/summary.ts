import type { Block, Section, Tile } from '../document/blocks.js';
import { findAll } from '../findings/rank.js';
import { gapsOf, resultOf, type ReportResults } from '../results.js';
import { formatExact, formatNs, formatPercent, plural } from '../units.js';

/** What was run, in two sentences, and the headline numbers. */
export function summarySection(results: ReportResults): Section {
  return {
    id: 'summary',
    title: 'Summary',
    blocks: [
      { kind: 'text', text: inWords(results) },
      { kind: 'tiles', tiles: tiles(results) },
      ...results.leftOut.map((text): Block => ({ kind: 'note', text: `Not in this report: ${text}.` })),
    ],
  };
}

function inWords(results: ReportResults): string {
  const { busyNs, idleNs, window, windows, gapCount, ops } = gapsOf(results);
  const where =
    results.windowText === undefined
      ? 'from its first to its last operation'
      : `within ${results.windowText}${windows > 1 ? ` (${windows} windows)` : ''}`;
  const work = `${plural(ops.kernel, 'kernel')} and ${plural(ops.memcpy + ops.memset, 'copy or fill', 'copies and fills')}`;
  const verdict = verdictOf(results, busyNs / window.spanNs);
  return (
    `This report covers ${formatNs(window.spanNs)} of ${results.gpu}, ${where}. ` +
    `In that time it ran ${work}, was busy for ${formatNs(busyNs)} (${formatPercent(busyNs / window.spanNs)}) ` +
    `and waited ${formatNs(idleNs)} in ${plural(gapCount, 'gap')}. ${verdict}`
  );
}

/** From here on a GPU is the bottleneck; below the other, the host is. */
const MOSTLY_BUSY = 0.85;
const MOSTLY_IDLE = 0.5;

function verdictOf(results: ReportResults, busy: number): string {
  // A loose bound may be the largest, and is not what to open with.
  const first = findAll(results).find(
    ({ certainty, boundNs }) => certainty !== 'low' && boundNs !== undefined,
  );
  const advice =
    first?.boundNs === undefined
      ? ''
      : ` Of the measured findings below, the largest is number ${first.rank}: at most ${formatNs(first.boundNs)}.`;
  if (busy >= MOSTLY_BUSY) {
    return `It is bound by the GPU: faster kernels, fewer bytes and less work help most.${advice}`;
  }
  if (busy < MOSTLY_IDLE) {
    return `It is bound by the host: the GPU is idle most of the time, so launches and host code come first.${advice}`;
  }
  return `Neither the GPU nor the host is the bottleneck alone.${advice}`;
}

function tiles(results: ReportResults): Tile[] {
  const { busyNs, idleNs, window, idleByCause } = gapsOf(results);
  const [cause, causeNs] = Object.entries(idleByCause).toSorted(([, a], [, b]) => b - a)[0]!;
  return [
    ...blockTiles(results),
    {
      label: 'GPU busy',
      term: 'busy',
      value: (100 * (busyNs / window.spanNs)).toFixed(1),
      unit: '%',
      note: `${formatNs(busyNs)} of ${formatNs(window.spanNs)}`,
    },
    {
      label: 'GPU idle, and its main cause',
      term: 'cause',
      ...figure(idleNs),
      note:
        idleNs === 0 ? 'no gaps' : `${formatNs(causeNs)} of it (${formatPercent(causeNs / idleNs)}) ${cause}`,
    },
    ...kvTiles(results),
  ];
}

function blockTiles(results: ReportResults): Tile[] {
  const found = resultOf(results.switches);
  if (found === undefined) return [];
  const { steadyBlockNs, steadyBlocks, interFrameNs, framesPerBlock, meanLatencyNs, switches } = found;
  const tiles: Tile[] = [];
  if (steadyBlockNs !== undefined) {
    const note = `median of ${plural(steadyBlocks.length, 'steady block')}`;
    tiles.push({ label: 'Block latency', term: 'block', ...figure(steadyBlockNs), note });
  }
  if (interFrameNs !== undefined && framesPerBlock !== undefined) {
    const note = `${plural(framesPerBlock, 'latent frame')} a block`;
    tiles.push({ label: 'Inter-frame latency', term: 'interFrame', ...figure(interFrameNs), note });
  }
  if (meanLatencyNs !== undefined) {
    const only = switches.length === 1 ? switches[0] : undefined;
    const note =
      only === undefined
        ? `mean of ${plural(switches.length, 'switch', 'switches')}`
        : `${formatNs(only.blockNs)} − ${formatNs(only.beforeNs)}, one switch`;
    tiles.push({ label: 'Prompt-switch latency', term: 'switch', ...figure(meanLatencyNs), note });
  }
  return tiles;
}

function kvTiles(results: ReportResults): Tile[] {
  const kv = resultOf(results.kv);
  const share = kv?.shareOfBlock;
  if (kv === undefined || share === undefined) return [];
  const blocks = kv.basis.role === 'steady' ? 'steady blocks' : 'all blocks';
  const note = `of block latency, over ${formatExact(kv.basis.blocks)} ${blocks}, gaps included`;
  return [{ label: 'KV cache share', term: 'kvShare', value: (100 * share).toFixed(1), unit: '%', note }];
}

/** A time with its unit apart. */
function figure(ns: number): { value: string; unit: string } {
  const text = formatNs(ns);
  const space = text.lastIndexOf(' ');
  return { value: text.slice(0, space), unit: text.slice(space + 1) };
}
