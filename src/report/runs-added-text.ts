import { latencyOf, runLog } from '../runs/run-log.js';
import type { CataloguedRun } from '../runs/run-record.js';
import { formatMs, signed } from './blocks-text.js';
import { wrapped } from './device-header.js';
import { printable } from './printable.js';
import { differenceText, percent } from './run-log-columns.js';
import type { TextStyle } from './style.js';
import { formatPercent } from './units.js';

/** What `gapscope runs add` says: each run with its main figures, against the base where it has one. */
export function runsAddedText(
  added: readonly CataloguedRun[],
  bases: readonly CataloguedRun[],
  catalogue: string,
  style: TextStyle,
): string[] {
  const { colors, width } = style;
  return added.flatMap((run) => [
    `${colors.bold(`Added ${printable(run.name)}`)}${colors.dim(`  ${printable(catalogue)}`)}`,
    ...facts(run, bases).flatMap((fact) => wrapped(printable(fact), '  ', width)),
  ]);
}

function facts(run: CataloguedRun, bases: readonly CataloguedRun[]): string[] {
  const { of, ns } = latencyOf(run);
  const { idleShare } = run.metrics;
  const lines = [`${of === 'span' ? 'span' : 'block'} ${formatMs(ns)}, GPU idle ${formatPercent(idleShare)}`];
  const base = bases.find(({ name }) => name === run.base);
  if (base === undefined) return lines;
  if (latencyOf(base).of !== of) lines.push(`built on ${base.name}`);
  const row = runLog([base, run], '', base.name).logs[0]?.rows.find((one) => one.run === run.name);
  if (row?.versusBase !== undefined) {
    const { differenceNs, spread } = row.versusBase;
    const within = spread?.verdict === 'within' ? ', not more than the steady blocks of one run differ' : '';
    lines.push(
      `${differenceText(row.versusBase, '')} (${signed(differenceNs)}) against ${base.name}${within}`,
    );
  }
  if (row?.prediction !== undefined) {
    const { edits, predictedNs, errorShare } = row.prediction;
    const error = errorShare === undefined ? '' : ` (error ${percent(errorShare)})`;
    lines.push(`predicted ${formatMs(predictedNs)}${error} with ${edits.join(' + ')}`);
  }
  return [...lines, ...(row?.cautions ?? []).map((caution) => `! ${caution}`)];
}
