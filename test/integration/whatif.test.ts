import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { whatIf, type AppliedEdit, type WhatIfResult } from '../../src/projection/whatif.js';
import { RECORDED, recorded, type RunJson } from '../unit/analysis/plain-tables.js';
import { gapscope, REPOSITORY } from './gapscope.js';

const trace = (name: string): string => join(REPOSITORY, 'traces', `${name}.trace`);

async function predicted(
  name: string,
  ...apply: string[]
): Promise<{ row: AppliedEdit; target: WhatIfResult['target'] }> {
  const { edits, target } = whatIf(await recorded(name), { apply });
  const [row] = edits;
  if (row?.applies !== true) throw new Error(row?.reason);
  return { row, target };
}

describe.each(RECORDED)('%s', (name) => {
  test('is replayed within 0.5 %, every steady block of it', async () => {
    const { target } = await predicted(name, 'bandwidth=1');
    expect(target.trusted).toBe(true);
    expect(Math.abs(target.errorShare)).toBeLessThan(0.005);
    expect(Math.abs(target.worstErrorShare)).toBeLessThan(0.005);
    const run = (await recorded(name)).run as RunJson;
    const steady = run.blocks.filter(({ role }) => role === 'steady').map(({ name: block }) => block);
    expect(target.instances).toEqual(steady);
  });

  test('its switch block too, where it has one', async () => {
    const loaded = await recorded(name);
    const run = loaded.run as RunJson;
    const at = run.blocks.find(({ role }) => role === 'switch');
    if (at === undefined) return;
    const { target } = whatIf(loaded, { target: 'all', apply: ['bandwidth=1'] });
    expect(Math.abs(target.errorShare)).toBeLessThan(0.005);
  });
});

describe('against what was measured', () => {
  test('graphs without index reads: small-graphs from small-eager, within 3 %', async () => {
    const { row } = await predicted(
      'small-eager',
      'no-sync',
      'cuda-graphs=generator_forward,clean_context_cache_update',
    );
    const measured = (await recorded('small-graphs')).run as RunJson & { steadyBlockMs: number };
    expect(Math.abs(row.predictedNs / 1e6 / measured.steadyBlockMs - 1)).toBeLessThan(0.03);
    // The pipeline captured ten graphs, two of which launch the same at other addresses.
    expect(row.assumptions.join('\n')).toContain('9 different sequences');
  });

  test('a window of 9 frames, against pipelines/README.md: 403.3 of 447.3 ms', async () => {
    const { row } = await predicted('full-eager', 'window=9');
    expect(Math.abs(1 / row.speedup / (403.3 / 447.3) - 1)).toBeLessThan(0.02);
  });

  test('no index reads: 439.6 of 447.3 ms; with graphs 431.2 of 447.3 ms', async () => {
    const reads = await predicted('full-eager', 'no-sync');
    expect(Math.abs(1 / reads.row.speedup / (439.6 / 447.3) - 1)).toBeLessThan(0.02);
    const graphs = await predicted(
      'full-eager',
      'no-sync',
      'cuda-graphs=generator_forward,clean_context_cache_update',
    );
    expect(Math.abs(1 / graphs.row.speedup / (431.2 / 447.3) - 1)).toBeLessThan(0.02);
  });
});

describe('whatif', () => {
  test('JSON has the fields that others build on, and the sequence adds up', () => {
    const { code, stdout } = gapscope(['whatif', trace('small-eager'), '--json', '--quiet']);
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as WhatIfResult;
    expect(result.schema).toBe('gapscope.whatif/1');
    expect(result.target).toMatchObject({ template: 'temporal_block_#' });
    for (const row of result.edits) {
      if (!row.applies) continue;
      expect(row.lowNs).toBeLessThanOrEqual(row.predictedNs);
      expect(row.highNs).toBeGreaterThanOrEqual(row.predictedNs);
      expect(row.speedup).toBe(result.target.replayNs / row.predictedNs);
      expect(Number.isInteger(row.predictedNs)).toBe(true);
    }
    const gains = result.plan.reduce((sum, { gainNs }) => sum + gainNs, 0);
    expect(result.plan.at(-1)!.predictedNs).toBe(result.target.replayNs - gains);
    // Launch-bound: one of the first two steps is graphs or fusion, not a smaller window.
    expect(result.plan[0]!.edit).toMatch(/^(?:cuda-graphs|fuse)$/);
  });

  test('text: what was asked for first, with what was assumed', () => {
    const { code, stdout } = gapscope([
      'whatif',
      trace('small-eager'),
      '--apply',
      'window=9,sinks=3',
      '--apply',
      'no-sync',
      '--quiet',
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain('no-sync + window=9,sinks=3');
    expect(stdout).toContain('Assumed');
    expect(stdout).toContain('12 frames of which 3 sinks become 9 of which 3 sinks');
    expect(stdout).not.toContain('\u001b');
  });

  test('an edit that does not apply says why, and the exit code is 1', () => {
    const { code, stdout } = gapscope(['whatif', trace('small-graphs'), '--apply', 'no-sync', '--quiet']);
    expect(code).toBe(1);
    expect(stdout).toContain("the host never waits for the device inside 'temporal_block_#'");
  });

  test('mistakes are told in one sentence', () => {
    const unknown = gapscope(['whatif', trace('small-graphs'), '--apply', 'cuda-graph', '--quiet']);
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain("There is no edit 'cuda-graph'");
    const target = gapscope(['whatif', trace('small-graphs'), '--target', 'nothing', '--quiet']);
    expect(target.stderr).toContain("No range is called 'nothing'");
    const window = gapscope(['whatif', trace('small-graphs'), '--window', 'temporal_block:5']);
    expect(window.stderr).toContain('takes no --window');
  });
});
