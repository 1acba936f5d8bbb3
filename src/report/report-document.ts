import { findAll } from './findings/rank.js';
import { resultOf, type ReportResults } from './results.js';
import { blocksSection } from './sections/block-series.js';
import { findingsSection } from './sections/findings.js';
import { idleSection } from './sections/idle.js';
import { kernelsSection } from './sections/kernels.js';
import { kvSection } from './sections/kv.js';
import { layersSection } from './sections/layers.js';
import { overlapSection } from './sections/overlap.js';
import { planSection } from './sections/plan.js';
import { summarySection } from './sections/summary.js';
import { switchSection } from './sections/switch.js';
import { glossarySection, traceSection } from './sections/trace.js';
import type { ReportDocument } from './document/blocks.js';
import type { Look } from './document/look.js';

/**
 * The report on a trace, in the order in which one reads: the answer, what to do, then the evidence. `page`: name of the
 * timeline's page beside it, if there is one.
 */
export function reportDocument(results: ReportResults, page?: string): ReportDocument {
  const look: Look = { axis: results.axis, trace: results.path, ...(page === undefined ? {} : { page }) };
  return {
    title: results.info.name,
    facts: facts(results),
    look,
    sections: [
      summarySection(results),
      findingsSection(results),
      ...(results.whatif === undefined ? [] : [planSection(results, look)]),
      blocksSection(results),
      idleSection(results),
      layersSection(results),
      kvSection(results),
      switchSection(results),
      kernelsSection(results),
      overlapSection(results),
      traceSection(results),
      glossarySection(),
    ],
    data: data(results),
  };
}

/** The analyzers' own results, as `--json` prints them. */
function data(results: ReportResults): ReportDocument['data'] {
  const named = {
    info: results.info,
    gaps: results.gaps,
    breakdown: resultOf(results.layers),
    kv: resultOf(results.kv),
    switch: resultOf(results.switches),
    kernels: resultOf(results.kernels),
    overlap: resultOf(results.overlap),
    whatif: results.whatif === undefined ? undefined : resultOf(results.whatif),
    findings: findAll(results),
  };
  return Object.entries(named).filter(([, value]) => value !== undefined);
}

function facts({ info, gpu, windowText }: ReportResults): ReportDocument['facts'] {
  const { driver, library } = info.versions;
  const startedAt = info.startedAt?.replace('T', ' ').replace(/\..*/, ' UTC') ?? 'at an unknown time';
  const torch = info.run?.torch;
  const software = [
    ...(typeof torch === 'string' ? [`torch ${torch}`] : []),
    ...(driver === undefined ? [] : [`driver ${driver}`]),
    ...(library === undefined ? [] : [`gapscope ${library}`]),
    ...(info.source === undefined ? [] : [info.source]),
  ];
  return [
    ['GPU', gpu],
    ['recorded', `${startedAt}, process ${info.pid}`],
    ...(software.length > 0 ? [['software', software.join(', ')] as const] : []),
    ['window', windowText ?? 'the whole trace'],
    ...(info.command === undefined ? [] : [['command', info.command] as const]),
  ];
}
