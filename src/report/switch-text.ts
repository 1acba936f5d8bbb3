import { SWITCH_PARTS, type SwitchLatency, type SwitchPart, type SwitchResult } from '../analysis/switch.js';
import { blockLines, formatMs, signed, signedPercent, steadyLines } from './blocks-text.js';
import { paintOf as paintOfCause } from './causes.js';
import { printable } from './printable.js';
import type { Paint, TextStyle } from './style.js';
import { SWITCH_PART_NAMES } from './switch-names.js';
import { formatTable, type Row } from './table.js';
import { formatExact, formatNs, formatPercent, plural } from './units.js';
import { fallBar } from './waterfall.js';
import { wrapWords } from './wrap.js';

/** From this width on there is room for the exact nanoseconds. */
const ROOM_FOR_EXACT = 100;

/** `gapscope switch` for people. */
export function switchText(result: SwitchResult, style: TextStyle, gpu: string): string[] {
  const { colors } = style;
  const { blocks, switches, meanLatencyNs } = result;
  const counts = `${plural(blocks.length, 'block')}, ${plural(switches.length, 'switch', 'switches')}`;
  const lines = [colors.bold(gpu) + colors.dim(` · ${counts}`), ...steadyLines(result, style)];
  if (meanLatencyNs !== undefined) {
    const of =
      switches.length === 1 ? 'first block after it − the block before' : `mean of ${switches.length}`;
    const head = `  ${'prompt switch'.padEnd(14)}${formatMs(meanLatencyNs).padStart(11)}  `;
    lines.push(colors.bold(head) + colors.dim(of));
  }
  lines.push(
    '',
    colors.bold('Blocks') + colors.dim('  first op start to last op end'),
    ...blockLines(result, style),
  );
  for (const one of switches) lines.push('', ...oneSwitch(one, style));
  if (result.amortised.length > 0) lines.push('', ...amortisedLines(result, style));
  for (const notice of result.notices) {
    const [first = '', ...more] = wrapWords(printable(notice), style.width - 4);
    lines.push(colors.yellow(`  ! ${first}`), ...more.map((line) => colors.yellow(`    ${line}`)));
  }
  return lines;
}

function oneSwitch(one: SwitchLatency, style: TextStyle): string[] {
  const { colors } = style;
  const equation = `${formatMs(one.blockNs)} − ${formatMs(one.beforeNs)} = ${formatMs(one.latencyNs)}`;
  const withExact = style.width >= ROOM_FOR_EXACT;
  const width = Math.max(8, Math.min(60, style.width - (withExact ? 68 : 54)));
  const steps = fall(one);
  const low = Math.min(0, ...steps.map(({ to }) => to));
  const high = Math.max(0, ...steps.map(({ to }) => to));
  const row = (name: string, ns: number, from: number, to: number, paint: Paint): Row => [
    name,
    signed(ns).replace('+', ''),
    signedPercent(one.latencyNs === 0 ? 0 : ns / one.latencyNs),
    ...(withExact ? [formatExact(ns)] : []),
    { text: fallBar(from, to, low, high, width), paint },
  ];
  const rows: (Row | undefined)[] = steps.map(({ part, ns, from, to }) =>
    row(SWITCH_PART_NAMES[part], ns, from, to, paintOfPart(part, ns, style)),
  );
  rows.push(undefined, row('= latency', one.latencyNs, 0, one.latencyNs, colors.bold));
  const table = formatTable(
    [
      { header: 'part', shrinkTo: 12 },
      { header: 'time', align: 'right' },
      { header: 'of it', align: 'right' },
      ...(withExact ? [{ header: 'ns', align: 'right' as const }] : []),
      { header: '' },
    ],
    rows,
    style,
    '  ',
  );
  return [
    colors.bold(`Switch at ${printable(one.block)}`) + colors.dim(`  ${equation}`),
    ...table,
    ...causes(one, style),
  ];
}

/** The parts as steps from nothing to the latency; those that are nothing are left out. */
function fall({ parts }: SwitchLatency): { part: SwitchPart; ns: number; from: number; to: number }[] {
  let at = 0;
  return SWITCH_PARTS.filter((part) => parts[part] !== 0).map((part) => {
    const from = at;
    at += parts[part];
    return { part, ns: parts[part], from, to: at };
  });
}

function paintOfPart(part: SwitchPart, ns: number, { colors }: TextStyle): Paint {
  if (ns < 0) return colors.dim;
  if (part === 'recacheIdle' || part === 'restIdle') return colors.red;
  if (part === 'restBusy') return colors.dim;
  if (part === 'reset' || part === 'recacheKv' || part === 'crossAttention') return colors.cyan;
  return colors.green;
}

/** What the gaps were spent on, the two lines that explain the two gap parts. */
function causes({ idleByCause, latencyNs }: SwitchLatency, style: TextStyle): string[] {
  const line = (label: string, sums: Readonly<Record<string, number>>): string[] => {
    const listed = Object.entries(sums)
      .filter(([, ns]) => Math.abs(ns) >= Math.abs(latencyNs) / 1000)
      .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
    if (listed.length === 0) return [];
    let used = label.length + 2;
    const shown = listed.filter(([cause, ns]) => {
      used += `${cause} ${signed(ns)}  `.length;
      return used <= style.width;
    });
    const text = shown.map(([cause, ns]) => paintOfCause(cause, style)(`${cause} ${signed(ns)}`)).join('  ');
    return [`  ${style.colors.dim(label)}${text}`];
  };
  return [...line('recache gaps: ', idleByCause.recache), ...line('other gaps:   ', idleByCause.rest)];
}

function amortisedLines(result: SwitchResult, style: TextStyle): string[] {
  const { colors } = style;
  const { framesPerBlock } = result;
  const rows: Row[] = result.amortised.map(({ blocks, perBlockNs, perFrameNs, share }) => [
    plural(blocks, 'block') +
      (framesPerBlock === undefined ? '' : ` (${plural(blocks * framesPerBlock, 'frame')})`),
    formatNs(perBlockNs),
    perFrameNs === undefined ? '' : formatNs(perFrameNs),
    share === undefined ? '' : formatPercent(share),
  ]);
  const shown = result.switches.map(({ promptBlocks, promptComplete }) => {
    return `${promptComplete ? '' : 'at least '}${promptBlocks}`;
  });
  return [
    colors.bold('Amortised') +
      colors.dim(`  over a prompt of so many blocks; in this trace: ${shown.join(', ')}`),
    ...formatTable(
      [
        { header: 'prompt of' },
        { header: 'a block', align: 'right' },
        { header: 'a frame', align: 'right' },
        { header: 'of steady', align: 'right' },
      ],
      rows,
      style,
      '  ',
    ),
  ];
}
