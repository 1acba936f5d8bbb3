import type { AppliedEdit, PlanStep, WhatIfResult } from '../../projection/whatif-result.js';
import { BUSY } from '../charts/palette.js';
import { waterfallChart } from '../charts/waterfall.js';
import type { Block, Section, TableBlock } from '../document/blocks.js';
import { atCell, jumpCell, numberCell, pathCell, timeCell } from '../document/cells.js';
import { commandOf, type Look } from '../document/look.js';
import { opSpot } from '../document/spot.js';
import type { ReportResults } from '../results.js';
import { formatNs, formatPercent, plural } from '../units.js';
import { rowBehind } from './plan-evidence.js';

/** What to do, in which order, and what it is predicted to bring. */
export function planSection(results: ReportResults, look: Look): Section {
  const { whatif } = results;
  const blocks: Block[] =
    whatif === undefined
      ? [{ kind: 'note', text: 'No prediction was made.' }]
      : 'refused' in whatif
        ? [{ kind: 'note', text: whatif.refused }]
        : planBlocks(whatif.result, results, look);
  return {
    id: 'plan',
    title: 'Plan',
    question: 'Which changes of the program are predicted to help, and in which order?',
    blocks,
  };
}

function planBlocks(result: WhatIfResult, results: ReportResults, look: Look): Block[] {
  const { target, edits, plan, notices } = result;
  const applied = edits.filter((row): row is AppliedEdit => row.applies);
  const refused = edits.flatMap((row) => (row.applies ? [] : [`${row.edit}: ${row.reason}.`]));
  const error = formatPercent(Math.abs(target.errorShare));
  const text =
    `The trace's launches, ops and waits, replayed by what causes what: ${target.template}, ${target.basis}, ` +
    `${plural(target.instances.length, 'instance')}. Recorded ${formatNs(target.baseNs)}, replayed unedited ` +
    `${formatNs(target.replayNs)}: ${error} off${target.trusted ? '' : ', too much to trust what follows'}.`;
  return [
    { kind: 'text', text },
    ...(plan.length > 0 ? [planChart(result), planTable(plan, applied, results)] : []),
    ...(look.page === undefined ? commands(plan, applied, look) : []),
    ...(applied.length > 0 ? [editsTable(applied, results)] : []),
    ...notesBlock([...assumptions(applied, plan), ...refused, ...notices]),
  ];
}

function planChart({ target, plan }: WhatIfResult): Block {
  const last = plan.at(-1)!;
  return {
    kind: 'chart',
    caption: `From ${formatNs(target.replayNs)} to ${formatNs(last.predictedNs)}: ${last.speedup.toFixed(2)} times as fast, predicted`,
    draw: (size) =>
      waterfallChart(
        {
          title: 'What the changes are predicted to gain, one after the other',
          description: plan.map(({ edit, gainNs }) => `${edit} ${formatNs(gainNs)}`).join(', '),
          steps: [
            { name: 'as it is', ns: target.replayNs, kind: 'total', paint: BUSY },
            ...plan.map(({ edit, gainNs, output }) => ({
              name: edit,
              ns: -gainNs,
              kind: 'change' as const,
              paint:
                output === 'same'
                  ? ({ color: 'teal', pattern: 'solid' } as const)
                  : ({ color: 'orange', pattern: 'rising' } as const),
            })),
            { name: 'with all', ns: last.predictedNs, kind: 'total', paint: BUSY },
          ],
        },
        size,
      ),
    legend: [
      { name: 'same results', paint: { color: 'teal', pattern: 'solid' } },
      { name: 'approximate results', paint: { color: 'orange', pattern: 'rising' } },
    ],
  };
}

/** `applied`: the same edits alone, with where in the trace their gain comes from. */
function planTable(
  plan: readonly PlanStep[],
  applied: readonly AppliedEdit[],
  results: ReportResults,
): TableBlock {
  const evidenceOf = new Map(applied.map(({ edit, evidence }) => [edit, evidence]));
  return {
    kind: 'table',
    caption: 'The best sequence: at each step the largest gain that is left',
    columns: [
      { header: 'step', align: 'right' },
      { header: 'change' },
      { header: 'gain here', align: 'right' },
      { header: 'rests on' },
      { header: 'example at', align: 'right' },
      { header: 'predicted', align: 'right' },
      { header: 'in all', align: 'right' },
      { header: 'gain alone', align: 'right' },
      { header: 'effort' },
      { header: 'results' },
      { header: 'place', term: 'path', wide: true },
    ],
    rows: plan.map((step, i) => {
      const evidence = evidenceOf.get(step.edit);
      return [
        { text: `${i + 1}`, sort: i },
        { text: step.edit, code: true },
        timeCell(step.gainNs),
        evidence === undefined ? '–' : jumpCell(rowBehind(step.edit, evidence, results)),
        atCell(evidence?.example && opSpot(evidence.example)),
        timeCell(step.predictedNs),
        numberCell(step.speedup, 2),
        timeCell(step.aloneNs),
        step.effort,
        step.output,
        evidence === undefined ? '–' : pathCell(evidence.path),
      ];
    }),
  };
}

/** For each step, how to see where its gain comes from. */
function commands(plan: readonly PlanStep[], applied: readonly AppliedEdit[], look: Look): Block[] {
  const lines = plan.flatMap(({ edit }) => {
    const evidence = applied.find((row) => row.edit === edit)?.evidence;
    if (evidence?.example === undefined) return [];
    return [[commandOf(opSpot(evidence.example), look), edit] as const];
  });
  return lines.length === 0
    ? []
    : [
        { kind: 'heading', text: 'Where to look in the timeline' },
        { kind: 'commands', lines },
      ];
}

function editsTable(rows: readonly AppliedEdit[], results: ReportResults): TableBlock {
  return {
    kind: 'table',
    caption: 'Every change that was tried, alone: gains do not add up',
    columns: [
      { header: 'change' },
      { header: 'predicted', align: 'right' },
      { header: 'from', align: 'right' },
      { header: 'to', align: 'right' },
      { header: 'speedup', align: 'right' },
      { header: 'ops gone', align: 'right' },
      { header: 'calls gone', align: 'right' },
      { header: 'rests on' },
      { header: 'example at', align: 'right' },
      { header: 'place', term: 'path', wide: true },
    ],
    rows: rows.map(({ edit, predictedNs, lowNs, highNs, speedup, evidence }) => [
      { text: edit, code: true },
      timeCell(predictedNs),
      timeCell(lowNs),
      timeCell(highNs),
      numberCell(speedup, 3),
      numberCell(evidence.opsRemoved, 0),
      numberCell(evidence.callsRemoved, 0),
      jumpCell(rowBehind(edit, evidence, results)),
      atCell(evidence.example && opSpot(evidence.example)),
      pathCell(evidence.path),
    ]),
    omitted: "'gapscope whatif' predicts any of them, alone or together: --apply EDIT",
  };
}

function assumptions(rows: readonly AppliedEdit[], plan: readonly PlanStep[]): string[] {
  const inPlan = new Set(plan.map(({ edit }) => edit));
  return rows
    .filter(({ edit }) => inPlan.has(edit))
    .map(({ edit, assumptions }) => `${edit} assumes: ${assumptions.join('; ')}.`);
}

function notesBlock(texts: readonly string[]): Block[] {
  return texts.length === 0 ? [] : [{ kind: 'notes', texts }];
}
