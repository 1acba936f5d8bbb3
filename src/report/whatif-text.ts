import type { AppliedEdit, EditRow, PlanStep, WhatIfResult } from '../projection/whatif-result.js';
import { formatMs } from './blocks-text.js';
import { atText, shortPathText } from './document/place.js';
import { printable } from './printable.js';
import type { TextStyle } from './style.js';
import { formatTable, type Row } from './table.js';
import { formatPercent, plural } from './units.js';
import { wrapWords } from './wrap.js';

/** `gapscope whatif` for people. `asked`: edits were named, so that all there is to say about them is said. */
export function whatIfText(result: WhatIfResult, style: TextStyle, gpu: string, asked: boolean): string[] {
  const { colors } = style;
  const { target, edits, plan } = result;
  const applied = edits.filter((row): row is AppliedEdit => row.applies);
  const refused = edits.filter((row) => !row.applies);
  const error = `${target.errorShare < 0 ? '−' : '+'}${(Math.abs(target.errorShare) * 100).toFixed(2)} %`;
  const lines = [
    colors.bold(gpu) + colors.dim(` · ${printable(target.template)} · ${target.basis}`),
    `${colors.bold(`  ${'recorded'.padEnd(14)}${formatMs(target.baseNs).padStart(11)}  `)}${colors.dim(plural(target.instances.length, 'instance'))}`,
    `${colors.bold(`  ${'replayed'.padEnd(14)}${formatMs(target.replayNs).padStart(11)}  `)}${(target.trusted ? colors.dim : colors.red)(`${error}: how well the model reproduces the trace unedited`)}`,
  ];
  if (applied.length > 0) {
    const title = asked ? 'Predicted' : 'What each edit would do alone';
    lines.push('', colors.bold(title) + colors.dim('  largest gain first; gains do not add up'));
    lines.push(...editTable(applied, style));
  }
  if (asked) for (const row of applied.slice(0, 1)) lines.push('', ...details(row, style));
  if (plan.length > 0) lines.push('', ...planLines(plan, style));
  if (refused.length > 0) {
    lines.push('', colors.bold('Does not apply'));
    for (const row of refused) lines.push(...refusal(row, style));
  }
  for (const notice of result.notices) {
    const [first = '', ...more] = wrapWords(printable(notice), style.width - 4);
    lines.push(colors.yellow(`  ! ${first}`), ...more.map((line) => colors.yellow(`    ${line}`)));
  }
  return lines;
}

function editTable(rows: readonly AppliedEdit[], style: TextStyle): string[] {
  const { colors } = style;
  const wide = style.width >= 110;
  const widest = style.width >= 130;
  return formatTable(
    [
      { header: 'edit', shrinkTo: 16 },
      { header: 'predicted', align: 'right' },
      { header: 'speedup', align: 'right' },
      { header: 'interval', align: 'right' },
      { header: 'effort' },
      { header: 'results' },
      ...(widest ? [{ header: 'example at', align: 'right' as const }] : []),
      ...(wide ? [{ header: 'where', shrinkTo: 24 }] : []),
    ],
    rows.map((row): Row => [
      printable(row.edit),
      formatMs(row.predictedNs),
      { text: `${row.speedup.toFixed(3)}×`, paint: row.speedup > 1.0005 ? colors.green : colors.dim },
      { text: `${ms(row.lowNs)} – ${ms(row.highNs)}`, paint: colors.dim },
      row.effort,
      { text: row.output, paint: row.output === 'same' ? colors.dim : colors.yellow },
      ...(widest ? [row.evidence.example === undefined ? '' : atText(row.evidence.example.startNs)] : []),
      ...(wide ? [{ text: printable(shortPathText(row.evidence.path)), paint: colors.dim }] : []),
    ]),
    style,
    '  ',
  );
}

function details({ edit, evidence, assumptions }: AppliedEdit, style: TextStyle): string[] {
  const { colors } = style;
  const { opsRemoved, opsChanged, opsAdded, callsRemoved, opNs, example } = evidence;
  const counts = [
    [opsRemoved, 'op gone', 'ops gone'],
    [opsChanged, 'op changed', 'ops changed'],
    [opsAdded, 'op added', 'ops added'],
    [callsRemoved, 'host call gone', 'host calls gone'],
  ] as const;
  const changed = counts.filter(([n]) => n > 0).map(([n, one, many]) => plural(n, one, many));
  const work = opNs === 0 ? [] : [`${signedMs(opNs)} of GPU work`];
  const at = example === undefined ? [] : [`for example at ${atText(example.startNs)}`];
  const lines = [colors.bold(printable(edit)) + colors.dim('  each instance, on average')];
  lines.push(...bullet([...changed, ...work].join(', ') || 'nothing of the target changes', style));
  lines.push(...bullet([`most in ${printable(evidence.path)}`, ...at].join(', '), style));
  lines.push(colors.bold('Assumed'));
  for (const assumption of assumptions) lines.push(...bullet(printable(assumption), style));
  return lines;
}

function planLines(plan: readonly PlanStep[], style: TextStyle): string[] {
  const { colors } = style;
  const table = formatTable(
    [
      { header: '', align: 'right' },
      { header: 'then', shrinkTo: 16 },
      { header: 'predicted', align: 'right' },
      { header: 'in all', align: 'right' },
      { header: 'gains here', align: 'right' },
      { header: 'alone', align: 'right' },
      { header: 'effort' },
      { header: 'results' },
    ],
    plan.map((step, i): Row => [
      `${i + 1}`,
      printable(step.edit),
      formatMs(step.predictedNs),
      { text: `${step.speedup.toFixed(3)}×`, paint: colors.green },
      formatMs(step.gainNs),
      { text: formatMs(step.aloneNs), paint: colors.dim },
      step.effort,
      { text: step.output, paint: step.output === 'same' ? colors.dim : colors.yellow },
    ]),
    style,
    '  ',
  );
  const first = plan[0]!;
  const last = plan.at(-1)!;
  const share = first.gainNs / (first.gainNs + plan.slice(1).reduce((sum, { gainNs }) => sum + gainNs, 0));
  const note = `the largest remaining gain at each step; the first gives ${formatPercent(share)} of all ${last.speedup.toFixed(2)}×`;
  return [colors.bold('Best sequence') + colors.dim(`  ${note}`), ...table];
}

function refusal(row: EditRow, style: TextStyle): string[] {
  return row.applies ? [] : bullet(`${printable(row.edit)}: ${printable(row.reason)}`, style);
}

function bullet(text: string, style: TextStyle): string[] {
  const [first = '', ...more] = wrapWords(text, style.width - 4);
  return [`  · ${first}`, ...more.map((line) => `    ${line}`)];
}

function ms(ns: number): string {
  return (ns / 1e6).toFixed(2);
}

function signedMs(ns: number): string {
  return `${ns < 0 ? '−' : '+'}${formatMs(Math.abs(ns))}`;
}
