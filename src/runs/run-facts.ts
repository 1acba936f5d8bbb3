import { z } from 'zod';
import { parseRunFile } from '../analysis/run-file.js';
import type { Run, Trace } from '../trace/trace.js';
import type { OptionValue, Quality, RunFacts } from './run-record.js';

/** More than this of a foreign file is not kept. */
const MAX_OPTIONS = 200;
const MAX_TEXT = 2000;

const finite = z.number().nullish();
const QUALITY = z.looseObject({
  movement: finite,
  luminosity: finite,
  sharpness: finite,
  psnr: finite,
  ssim: finite,
  relativeError: finite,
});
const FIGURES = ['movement', 'luminosity', 'sharpness', 'psnr', 'ssim', 'relativeError'] as const;

/** What `run.json` and the trace say about how a run was made; several processes share the first run file there is. */
export function runFacts({ traces }: Run): RunFacts {
  const run = traces.find((trace) => trace.run !== undefined)?.run;
  const { file, problem } = parseRunFile(run);
  const problems = problem === undefined ? [] : [problem];
  const command = [file?.command]
    .flat()
    .filter((word) => word !== undefined)
    .join(' ');
  const recorded = command === '' ? first(traces, ({ status }) => status.get('command')) : command;
  return {
    ...text('gpu', file?.gpu ?? first(traces, gpuOf)),
    ...text('driver', file?.driver ?? first(traces, ({ status }) => status.get('driver'))),
    ...text('torch', file?.torch),
    ...text('cuda', file?.cuda),
    ...text('command', recorded),
    ...optionsOf(file?.config),
    ...peakMemory(file?.peakMemoryBytes, problems),
    ...qualityOf(file?.quality, problems),
    problems,
  };
}

function first(traces: readonly Trace[], of: (trace: Trace) => string | undefined): string | undefined {
  return traces.map(of).find((value) => value !== undefined && value !== '');
}

/** The GPU that was used: the one with the first op. */
function gpuOf({ ops, devices }: Trace): string | undefined {
  return devices.find(({ id }) => id === ops.device[0])?.name;
}

function text<K extends string>(key: K, value: string | null | undefined): { [P in K]?: string } {
  if (value === undefined || value === null || value === '') return {};
  return { [key]: value.slice(0, MAX_TEXT) } as { [P in K]?: string };
}

/** `config` of the run file; lists and objects in it are kept as their JSON. */
function optionsOf(config: unknown): Pick<RunFacts, 'options' | 'optionsLeftOut'> {
  if (typeof config !== 'object' || config === null) return { options: {}, optionsLeftOut: 0 };
  const entries = Object.entries(config).flatMap(([key, value]): [string, OptionValue][] => {
    const kept = optionValue(value);
    return kept === undefined ? [] : [[key.slice(0, MAX_TEXT), kept]];
  });
  return {
    options: Object.fromEntries(entries.slice(0, MAX_OPTIONS)),
    optionsLeftOut: Math.max(0, entries.length - MAX_OPTIONS),
  };
}

function optionValue(value: unknown): OptionValue | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return (typeof value === 'string' ? value : JSON.stringify(value))?.slice(0, MAX_TEXT);
}

function peakMemory(value: unknown, problems: string[]): Pick<RunFacts, 'peakMemoryBytes'> {
  if (value === undefined || value === null) return {};
  if (typeof value === 'number' && value >= 0) return { peakMemoryBytes: value };
  problems.push('run.json: peakMemoryBytes is no number of bytes');
  return {};
}

function qualityOf(value: unknown, problems: string[]): Pick<RunFacts, 'quality'> {
  if (value === undefined || value === null) return {};
  const parsed = QUALITY.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    problems.push(
      `run.json: quality.${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is not understood'}`,
    );
    return {};
  }
  const quality: { -readonly [K in keyof Quality]: Quality[K] } = {};
  for (const key of FIGURES) {
    const figure = parsed.data[key];
    if (typeof figure === 'number') quality[key] = figure;
  }
  // Equal videos have no PSNR: pipelines/quality.py writes null for it beside an SSIM.
  if (parsed.data.psnr === null && quality.ssim !== undefined) quality.identical = true;
  return { quality };
}
