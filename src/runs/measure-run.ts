import { resolve } from 'node:path';
import { headline, type HeadlineOptions } from '../analysis/headline.js';
import type { Run } from '../trace/trace.js';
import { fingerprint } from './fingerprint.js';
import { runFacts } from './run-facts.js';
import type { MeasuredWith, NewRun } from './run-record.js';

/** What a trace says of a run, without what the user says of it. */
export type MeasuredRun = Pick<NewRun, 'path' | 'fingerprint' | 'facts' | 'measuredWith' | 'metrics'>;

/**
 * A run's figures. `rulesPath` is where the rules came from, if some were given.
 * @throws UserError if the run holds no GPU work, or not what the options ask for
 */
export function measureRun(run: Run, options: HeadlineOptions, rulesPath?: string): MeasuredRun {
  return {
    path: resolve(run.path),
    fingerprint: fingerprint(run),
    facts: runFacts(run),
    measuredWith: measuredWith(options, rulesPath),
    metrics: headline(run.traces, options),
  };
}

export function measuredWith(options: HeadlineOptions, rulesPath?: string): MeasuredWith {
  const { window, device, block, switch: switches, framesPerBlock, filling } = options;
  return {
    ...(window === undefined ? {} : { window }),
    ...(device === undefined ? {} : { device }),
    ...(block === undefined ? {} : { block }),
    ...(switches === undefined ? {} : { switch: switches }),
    ...(framesPerBlock === undefined ? {} : { framesPerBlock }),
    ...(filling === undefined ? {} : { filling }),
    ...(rulesPath === undefined ? {} : { rules: rulesPath }),
  };
}

const FLAGS = {
  window: '--window',
  device: '--device',
  block: '--block',
  switch: '--switch',
  framesPerBlock: '--frames-per-block',
  filling: '--filling',
  rules: '--rules',
} as const satisfies Record<keyof MeasuredWith, string>;

/** The flags in which two measurements differ, and how: `--window all / 'temporal_block:*'`. */
export function measuredOtherwise(one: MeasuredWith, other: MeasuredWith): string[] {
  return (Object.keys(FLAGS) as (keyof MeasuredWith)[])
    .filter((key) => one[key] !== other[key])
    .map((key) => `${FLAGS[key]} ${shown(one[key])} / ${shown(other[key])}`);
}

function shown(value: string | number | undefined): string {
  return value === undefined ? '(default)' : typeof value === 'number' ? String(value) : `'${value}'`;
}
