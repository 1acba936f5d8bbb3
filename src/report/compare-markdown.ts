import type { CompareHotspot, CompareResult, CompareRow } from '../analysis/compare.js';
import { signed } from './blocks-text.js';
import { basisText } from './compare-basis-text.js';
import { changeText } from './compare-change-text.js';
import {
  LATENCY_NAMES,
  latencyDifference,
  latencyText,
  rangeText,
  speedText,
  verdictText,
} from './compare-latency-text.js';
import { codeMarkdown, escapeMarkdown } from './markdown/escape.js';
import { shortenMiddle } from './shorten.js';
import { formatNs } from './units.js';

const MOST_SHOWN = 16;
const LONGEST = 60;

/** `gapscope compare --md`: tables to paste into a review. `top`: rows of a list to show. */
export function compareMarkdown(
  result: CompareResult,
  paths: { readonly base: string; readonly candidate: string },
  top: number,
): string[] {
  const { latencies, differences, notices, byTemplate, byKernel, byHotspot } = result;
  const options = differences.slice(0, MOST_SHOWN).map(({ name, base, candidate }) => {
    return `- ${codeMarkdown(shortenMiddle(name, LONGEST))} ${valueText(base)} → ${valueText(candidate)}`;
  });
  const more = differences.length - options.length;
  if (more > 0) options.push(`- ${more} more in \`--json\``);
  return [
    `### ${codeMarkdown(paths.base)} → ${codeMarkdown(paths.candidate)}`,
    ...(options.length === 0 ? [] : ['', ...options]),
    '',
    ...table(
      ['', 'base', 'candidate', 'difference', '', '', 'against the spread of one recording'],
      latencies.map((change) => [
        LATENCY_NAMES[change.what],
        withRange(change.base),
        withRange(change.candidate),
        change.differenceNs === undefined ? '' : `**${latencyDifference(change.differenceNs)}**`,
        change.share === undefined ? '' : changeText(change.share),
        speedText(change),
        verdictText(change),
      ]),
    ),
    '',
    `**Where it comes from**: ${escapeMarkdown(basisText(result))}`,
    '',
    ...table(['part', 'base', 'candidate', 'difference'], partRows(result)),
    ...listLines('place', byTemplate, top, ({ label }) => codeMarkdown(label)),
    ...listLines('kernel', byKernel, top, ({ label }) => codeMarkdown(label)),
    ...listLines('gap', byHotspot, top, gapText),
    ...(notices.length === 0 ? [] : ['', ...notices.map((notice) => `- ${escapeMarkdown(notice)}`)]),
  ];
}

function valueText(value = '(none)'): string {
  return escapeMarkdown(shortenMiddle(value, LONGEST));
}

function table(headers: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(headers), line(headers.map((_, i) => (i > 0 && i < 5 ? '--:' : '---'))), ...rows.map(line)];
}

function withRange(latencies: CompareResult['latencies'][number]['base']): string {
  if (latencies === undefined) return '–';
  const range = rangeText(latencies);
  return range === '' ? latencyText(latencies) : `${latencyText(latencies)} (${range})`;
}

function partRows({ base, candidate, byCause }: CompareResult): string[][] {
  const row = (name: string, one: number, other: number): string[] => [
    name,
    formatNs(one),
    formatNs(other),
    signed(other - one),
  ];
  return [
    ...byCause.map(({ label, baseEachNs, candidateEachNs }) => row(label, baseEachNs, candidateEachNs)),
    row('**idle**', base.each.idleNs, candidate.each.idleNs),
    row('**+ busy**', base.each.busyNs, candidate.each.busyNs),
    row('**= span**', base.each.spanNs, candidate.each.spanNs),
  ];
}

function listLines<R extends CompareRow>(
  what: string,
  rows: readonly R[],
  top: number,
  name: (row: R) => string,
): string[] {
  const moved = rows.filter(({ differenceNs }) => differenceNs !== 0);
  if (moved.length === 0) return [];
  const shown = moved
    .slice(0, top)
    .map((row) => [
      name(row),
      formatNs(row.baseEachNs),
      formatNs(row.candidateEachNs),
      signed(row.differenceNs),
    ]);
  const rest = moved.slice(top);
  const restNs = rest.reduce((sum, { differenceNs }) => sum + differenceNs, 0);
  if (rest.length > 0) shown.push([`*${rest.length} more*`, '', '', signed(restNs)]);
  return ['', ...table([what, 'base', 'candidate', 'difference'], shown)];
}

function gapText({ before, after, cause, path }: CompareHotspot): string {
  return `${escapeMarkdown(`${before} → ${after}`)}, ${escapeMarkdown(cause)}, in ${codeMarkdown(path)}`;
}
