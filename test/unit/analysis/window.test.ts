import { describe, expect, it } from 'vitest';
import { analyzeBlocks } from '../../../src/analysis/blocks.js';
import { analyzeGaps } from '../../../src/analysis/gaps.js';
import { parseWindow } from '../../../src/analysis/window-spec.js';
import { disjoint, matchRanges } from '../../../src/analysis/window.js';
import { UserError } from '../../../src/trace/errors.js';
import { buildTrace } from './build-trace.js';

/** Two blocks whose ops overlap on the device by 10 ns, and one more of the first one's name that ran nothing. */
const trace = buildTrace({
  ops: [
    { start: 100, end: 140, correlation: 1, stream: 1 },
    { start: 160, end: 210, correlation: 2, stream: 2 },
    { start: 200, end: 260, correlation: 3, stream: 1 },
    { start: 300, end: 310, correlation: 4, stream: 1 },
  ],
  calls: [
    { start: 11, end: 12, correlation: 1 },
    { start: 21, end: 22, correlation: 2 },
    { start: 31, end: 32, correlation: 3 },
    { start: 32, end: 33, correlation: 9, thread: 2 },
    { start: 50, end: 51, correlation: 4 },
  ],
  ranges: [
    { start: 10, end: 30, name: 'temporal_block_0' },
    { start: 20, end: 25, name: 'layer:0' },
    { start: 30, end: 40, name: 'temporal_block_1' },
    { start: 45, end: 48, name: 'temporal_block_0' },
    { start: 49, end: 60, name: 'vae_decode', kind: 1 },
    { start: 49, end: 49, name: 'temporal_block_9', kind: 2 },
  ],
});
const windowOf = (window?: string) => {
  const {
    window: w,
    windows,
    clippedNs,
  } = analyzeGaps(trace, window === undefined ? {} : { window }).devices[0]!;
  return { startNs: w.startNs, endNs: w.endNs, spanNs: w.spanNs, windows, clippedNs };
};
const failure = (run: () => unknown): UserError => {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return error as UserError;
  }
  throw new Error('did not fail');
};

describe('--window', () => {
  it('is the whole device by default', () => {
    expect(windowOf()).toEqual({ startNs: 100, endNs: 310, spanNs: 210, windows: 1, clippedNs: 0 });
  });

  it('takes a range, nested launches included, with either separator', () => {
    const second = { startNs: 200, endNs: 260, spanNs: 60, windows: 1, clippedNs: 0 };
    expect(windowOf('temporal_block:1')).toEqual(second);
    expect(windowOf('temporal_block_1')).toEqual(second);
    expect(windowOf('temporal_block:0@1')).toMatchObject({ startNs: 100, endNs: 210 });
    expect(windowOf('vae_decode')).toMatchObject({ startNs: 300, endNs: 310 });
  });

  it('sums the instances of a pattern and counts no instant twice', () => {
    const all = { startNs: 100, endNs: 260, spanNs: 160, windows: 2, clippedNs: 10 };
    expect(windowOf('temporal_block:*')).toEqual(all);
    expect(windowOf('temporal_block_#')).toEqual(all);
    expect(windowOf('temporal_block:0@*')).toMatchObject({ startNs: 100, endNs: 210, windows: 1 });
  });

  it.each([
    ['150..250', 150, 250],
    ['0.15us..0.00025ms', 150, 250],
    ['..120ns', 0, 120],
    ['120ns..', 120, 310],
    ['0..1s', 0, 310],
  ])('takes the time %s', (text, startNs, endNs) => {
    expect(windowOf(text)).toMatchObject({ startNs, endNs, spanNs: endNs - startNs });
  });

  it('keeps a range name that has dots in it', () => {
    expect(parseWindow('a..b')).toEqual({ kind: 'range', text: 'a..b' });
  });

  it('says how to choose among ranges of one name', () => {
    const error = failure(() => windowOf('temporal_block:0'));
    expect(error.message).toBe("2 ranges are called 'temporal_block:0'.");
    expect(error.hint).toContain('temporal_block:0@2 (at 0.000 ms)');
    expect(failure(() => matchRanges(trace, 'temporal_block:0@3')).message).toContain('2 times');
  });

  it('names what there is when nothing matches', () => {
    expect(failure(() => windowOf('temporal_block:7')).hint).toBe(
      "Of that kind there are 2: 'temporal_block_0' to 'temporal_block_1'.",
    );
    expect(failure(() => windowOf('vae_decod')).hint).toMatch(/^The closest are: 'vae_decode'/);
    expect(failure(() => windowOf('temporal_block:0@2')).message).toContain('launched nothing on device 0');
    const bare = buildTrace({ ops: [{ start: 0, end: 1 }] });
    expect(failure(() => analyzeGaps(bare, { window: 'x' })).hint).toContain('no NVTX ranges');
  });

  it.each(['', '9ms..3ms', '5..5', '1x..2', '400..500', '1h..2h'])("refuses '%s'", (text) => {
    expect(failure(() => windowOf(text)).hint).toBeTruthy();
  });

  it('gives nested and touching windows to the earlier', () => {
    const cut = disjoint([
      { startNs: 0, endNs: 10 },
      { startNs: 2, endNs: 5 },
      { startNs: 10, endNs: 12 },
      { startNs: 11, endNs: 20 },
    ]);
    expect(cut.windows).toEqual([
      { startNs: 0, endNs: 10 },
      { startNs: 10, endNs: 12 },
      { startNs: 12, endNs: 20 },
    ]);
    expect(cut.clippedNs).toBe(4);
  });
});

describe('devices', () => {
  it('refuses a trace without GPU work and a device on which nothing ran', () => {
    expect(failure(() => analyzeGaps(buildTrace({}))).message).toContain('no GPU operations');
    expect(failure(() => analyzeGaps(trace, { device: 3 })).hint).toBe('The trace has device 0.');
  });

  it('leaves out devices that a range did not use', () => {
    const two = buildTrace({
      ops: [
        { start: 10, end: 20, device: 0, correlation: 1 },
        { start: 10, end: 20, device: 4, correlation: 2 },
      ],
      calls: [
        { start: 1, end: 2, correlation: 1 },
        { start: 5, end: 6, correlation: 2 },
      ],
      ranges: [{ start: 4, end: 8, name: 'x' }],
    });
    expect(analyzeGaps(two).devices.map((d) => d.window.device)).toEqual([0, 4]);
    expect(analyzeGaps(two, { window: 'x' }).devices.map((d) => d.window.device)).toEqual([4]);
  });
});

describe('block latency', () => {
  it('is the projection of each block', () => {
    expect(
      analyzeBlocks(trace).blocks.map(({ name, startNs, durationNs }) => ({ name, startNs, durationNs })),
    ).toEqual([
      { name: 'temporal_block_0', startNs: 100, durationNs: 110 },
      { name: 'temporal_block_1', startNs: 200, durationNs: 60 },
    ]);
  });
});
