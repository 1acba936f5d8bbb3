import { beforeAll, describe, expect, test } from 'vitest';
import { smallTables, temporaryFolder, writeSmallTrace } from '../unit/small-trace.js';
import { gapscope } from './gapscope.js';

const TRACE = 'traces/small-graphs.trace';

let hostile: string;
beforeAll(async () => {
  const { strings } = smallTables();
  const text = [...(strings.text as string[])];
  text[1] = 'void \u001b[31m\u0007kernel<\u202eint>(\n)';
  hostile = await writeSmallTrace({ strings: { ...strings, text } });
});

describe.each(['kernels', 'overlap'])('%s', (command) => {
  test('prints plain text when piped, and nothing on stderr', () => {
    const { code, stdout, stderr } = gapscope([command, TRACE]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toContain('NVIDIA H200');
  });

  test('no line is wider than the terminal', () => {
    for (const width of [60, 80, 100, 120, 160, 200]) {
      for (const flags of command === 'kernels' ? [[], ['--by', 'shape', '--full-names']] : [[]]) {
        const { stdout } = gapscope([command, TRACE, ...flags], { COLUMNS: String(width) });
        for (const line of stdout.split('\n')) expect([...line].length, line).toBeLessThanOrEqual(width);
      }
    }
  });

  test('names from the trace cannot drive the terminal', () => {
    const { code, stdout } = gapscope([command, hostile, ...(command === 'kernels' ? ['--full-names'] : [])]);
    expect(code).toBe(0);
    // eslint-disable-next-line no-control-regex -- control characters are what this is about
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  test('mistakes are one sentence, exit 1', () => {
    const { code, stdout, stderr } = gapscope([command, TRACE, '--window', 'nothing']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: No range is called 'nothing'\.\nhint: /);
    expect(gapscope([command, temporaryFolder()]).code).toBe(1);
  });

  test('has a schema in its JSON', () => {
    const result = JSON.parse(gapscope([command, TRACE, '--json', '--top', '2']).stdout) as {
      schema: string;
      devices: { window: { device: number } }[];
    };
    expect(result.schema).toBe(`gapscope.${command}/1`);
    expect(result.devices.map(({ window }) => window.device)).toEqual([0]);
  });
});

test('a cut list of kernels says how much it leaves out', () => {
  const { stdout } = gapscope(['kernels', TRACE, '--top', '2']);
  expect(stdout).toMatch(/… \d+ more rows with .* ms \(\d+\.\d %\): --top all shows them/);
  expect(gapscope(['kernels', TRACE, '--top', 'all']).stdout).not.toContain('more row');
});

test('--by takes name or shape', () => {
  const { code, stderr } = gapscope(['kernels', TRACE, '--by', 'colour']);
  expect(code).toBe(1);
  expect(stderr).toContain('shape');
});
