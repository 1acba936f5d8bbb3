import type { Block, BlocksResult } from '../analysis/blocks.js';
import { bar } from './bar.js';
import { printable } from './printable.js';
import { stringWidth } from './shorten.js';
import type { Paint, TextStyle } from './style.js';
import { formatTable, type Row } from './table.js';
import { formatNs, formatPercent, plural } from './units.js';

/** Narrower than this there is no room for bars. */
const ROOM_FOR_BAR = 60;
const FILLING_FROM: Readonly<Record<BlocksResult['fillingFrom'], string>> = {
  rolls: 'the window is full from the first block that rolls its cache',
  'run.json': "window and frames per block as in run.json's configuration",
  option: 'filling blocks as given by --filling',
  none: 'not known which blocks fill the window',
};

/** Two digits after the point, so that latencies can be subtracted by eye: `519.30 ms`. */
export function formatMs(ns: number): string {
  return `${(ns / 1e6).toFixed(2)} ms`;
}

/** Steady state and inter-frame latency, and how they were come by. */
export function steadyLines(result: BlocksResult, { colors, width }: TextStyle): string[] {
  const { steadyBlockNs, steadyBlocks, interFrameNs, framesPerBlock } = result;
  const lines: [label: string, value: string, how: string][] = [];
  if (steadyBlockNs !== undefined) {
    const how = `median of ${plural(steadyBlocks.length, 'block')}; ${FILLING_FROM[result.fillingFrom]}`;
    lines.push(['steady block', formatMs(steadyBlockNs), how]);
  }
  if (interFrameNs !== undefined) {
    const from = result.framesPerBlockFrom === 'option' ? '--frames-per-block' : 'run.json';
    lines.push([
      'inter-frame',
      formatMs(interFrameNs),
      `a latent frame, ${framesPerBlock} a block (${from})`,
    ]);
  }
  return lines.map(([label, value, how]) => {
    const head = `  ${label.padEnd(14)}${value.padStart(11)}  `;
    const fits = head.length + stringWidth(how) <= width;
    return colors.bold(head) + colors.dim(fits ? how : (how.split('; ')[0] ?? ''));
  });
}

/** Every block with its latency, role and difference to the steady state. */
export function blockLines(result: BlocksResult, style: TextStyle): string[] {
  const longest = Math.max(...result.blocks.map(({ durationNs }) => durationNs));
  const barWidth = Math.min(40, style.width - 58);
  const withBar = style.width >= ROOM_FOR_BAR && barWidth >= 8;
  const rows: Row[] = result.blocks.map((block) => {
    const paint = paintOf(block, style);
    const over = result.steadyBlockNs === undefined ? undefined : block.durationNs - result.steadyBlockNs;
    return [
      printable(block.name),
      { text: block.role, paint },
      formatMs(block.durationNs),
      over === undefined ? '' : signed(over),
      ...(withBar ? [{ text: bar(block.durationNs / longest, barWidth), paint }] : []),
    ];
  });
  return formatTable(
    [
      { header: 'block', shrinkTo: 10 },
      { header: 'role' },
      { header: 'latency', align: 'right' },
      { header: 'vs steady', align: 'right' },
      ...(withBar ? [{ header: '' }] : []),
    ],
    rows,
    style,
    '  ',
  );
}

export function paintOf({ role }: Pick<Block, 'role'>, { colors }: TextStyle): Paint {
  switch (role) {
    case 'steady':
      return colors.green;
    case 'switch':
      return colors.magenta;
    default:
      return colors.dim;
  }
}

/** `+1.23 ms`, `−45.6 µs` (a minus sign, not a hyphen), `0 ns`. */
export function signed(ns: number): string {
  if (ns === 0) return '0 ns';
  return (ns > 0 ? '+' : '−') + formatNs(Math.abs(ns));
}

export function signedPercent(share: number): string {
  const text = formatPercent(Math.abs(share));
  return (share < 0 && text !== formatPercent(0) ? '−' : '') + text;
}
