import { describe, expect, test } from 'vitest';
import { gapscope } from './gapscope.js';

const WHOLE = (
  '--shape 24,44,80 --window 24,4,16 --stride 1,1,1 --dilation 1,11,5 --causal 0,0,0 ' +
  '--q-tile 4,4,8 --kv-tile 4,4,8 --attention-share 0.587 --steps 35 --dense-steps 12'
).split(' ');
const SHAPE = ['--shape', '24,44,80'];

test('all options, as JSON', () => {
  const { code, stdout, stderr } = gapscope(['gna', ...WHOLE, '--json']);
  expect([code, stderr]).toEqual([0, '']);
  const result = JSON.parse(stdout) as Record<string, unknown>;
  expect(result).toMatchObject({
    schema: 'gapscope.gna/1',
    flopSpeedup: 55,
    tileSpeedup: 55,
    meanTileSpeedup: 55,
    fullyBlockSparse: true,
  });
  // f = 0.587 × 23 / 35.
  const f = 0.385742857;
  expect(result['endToEndSpeedup']).toBeCloseTo(1 / (1 - f + f / 55), 6);
});

test('no share, no end-to-end figure', () => {
  const { stdout } = gapscope(['gna', ...WHOLE.slice(0, -6), '--json']);
  expect(stdout).not.toContain('endToEnd');
});

test.each([
  ['one window', [...WHOLE]],
  ['causal', [...SHAPE, '--window=-1,4,16', '--causal', '1,0,0']],
  ['a map', ['--map', 'cosmos-predict2-14b', '--attention-share', '0.85']],
  ['a search', [...SHAPE, '--search', '--keep', '0.1', '--attention-share', '0.85']],
])('%s fits the terminal, without colour', (_, flags) => {
  for (const width of [60, 80, 120]) {
    const { code, stdout, stderr } = gapscope(['gna', ...flags], { COLUMNS: String(width) });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).not.toContain('\u001b');
    for (const line of stdout.split('\n')) expect([...line].length, line).toBeLessThanOrEqual(width);
  }
});

test('a map tells every layer in its JSON', () => {
  const { stdout } = gapscope(['gna', '--map', 'cosmos-predict2-14b', '--json']);
  const { layers } = JSON.parse(stdout) as { layers: { layer: number; dense: boolean; window?: number[] }[] };
  expect(layers).toHaveLength(36);
  expect(layers.filter(({ dense }) => dense).map(({ layer }) => layer)).toEqual([27]);
  expect(layers[13]).toMatchObject({ window: [24, 12, 24] });
});

test('a search has its best row on top, and obeys what is fixed', () => {
  const flags = ['--search', '--keep', '0.08', '--window', 'full,*,*', '--top', '3', '--json'];
  const result = JSON.parse(gapscope(['gna', ...SHAPE, ...flags]).stdout) as {
    tileSpeedup: number;
    search: { rows: { tileSpeedup: number; window: number[] }[] };
  };
  expect(result.search.rows).toHaveLength(3);
  expect(result.search.rows[0]!.tileSpeedup).toBe(result.tileSpeedup);
  for (const { window } of result.search.rows) expect(window[0]).toBe(24);
});

describe('mistakes are one sentence with what to do, exit 1', () => {
  test.each([
    [[], /needs a --shape/],
    [SHAPE, /needs a --window/],
    [[...SHAPE, '--window', '24,45,16'], /window 45 is larger than the 44 tokens of axis 2/],
    [[...SHAPE, '--window', '24,12'], /window has 2 values/],
    [[...SHAPE, '--window', '24,12,x'], /not understood/],
    [[...SHAPE, '--window', '24,12,24', '--stride', '1,13,1'], /stride 13/],
    [[...SHAPE, '--window', '24,12,24', '--dilation', '1,4,1'], /spans 48/],
    [[...SHAPE, '--window', '24,12,24', '--q-tile', '4,4,8'], /only one/],
    [[...SHAPE, '--window', '24,12,24', '--q-tile', '4,4,0', '--kv-tile', '4,4,8'], /Q tile 0/],
    [[...SHAPE, '--window', '24,12,24', '--causal', 'yes,0,0'], /causal 'yes,0,0'/],
    [[...SHAPE, '--window', '24,12,24', '--attention-share', '1.2'], /share of 1.2/],
    [[...SHAPE, '--window', '24,12,24', '--steps', '35'], /without --attention-share/],
    [['--map', 'nothing'], /no layer map called 'nothing'/],
    [['--map', 'cosmos-predict2-2b', '--window', '24,12,24'], /--window means nothing with --map/],
    [[...SHAPE, '--search'], /--keep/],
    [[...SHAPE, '--search', '--keep', '0.1', '--top', '0'], /--top 0/],
  ])('%j', (flags, message) => {
    const { code, stdout, stderr } = gapscope(['gna', ...flags]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: .+\nhint: /);
    expect(stderr).toMatch(message);
  });
});
