import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseWindow } from '../../../src/analysis/window-spec.js';
import { commandOf, hrefOf, windowOf, type TimelineAxis } from '../../../src/report/document/look.js';
import type { Spot } from '../../../src/report/document/spot.js';
import { PLACE_KINDS } from '../../../src/report/timeline-address.js';
import { readUrl } from '../../../viewer/state/url.js';

/** A process somewhere in a run, and something in it. */
const given = fc
  .record({
    pid: fc.integer({ min: 0, max: 4e6 }),
    device: fc.integer({ min: 0, max: 15 }),
    offsetNs: fc.integer({ min: 0, max: 1e12 }),
    spanNs: fc.integer({ min: 1, max: 1e13 }),
    afterNs: fc.integer({ min: 0, max: 1e9 }),
    from: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.double({ min: 0, max: 1, noNaN: true }),
    on: fc.constantFrom(...PLACE_KINDS),
    thread: fc.option(fc.integer({ min: 0, max: 0xffff_ffff }), { nil: undefined }),
  })
  .map(({ pid, device, offsetNs, spanNs, afterNs, from, length, on, thread }) => {
    const startNs = Math.floor(from * (spanNs - 1));
    const durationNs = Math.floor(length * (spanNs - startNs));
    const axis: TimelineAxis = { pid, device, offsetNs, endNs: offsetNs + spanNs + afterNs };
    const spot: Spot = { startNs, durationNs, on, ...(thread === undefined ? {} : { thread }) };
    return { axis, spot };
  });

describe('a place in the timeline', () => {
  test('the window is whole nanoseconds of the run, and holds what it is about', () => {
    fc.assert(
      fc.property(given, ({ axis, spot }) => {
        const { startNs, endNs } = windowOf(spot, axis);
        expect(Number.isInteger(startNs) && Number.isInteger(endNs)).toBe(true);
        expect(startNs).toBeGreaterThanOrEqual(0);
        expect(endNs).toBeGreaterThan(startNs);
        expect(endNs).toBeLessThanOrEqual(axis.endNs);
        expect(startNs).toBeLessThanOrEqual(spot.startNs + axis.offsetNs);
        expect(endNs).toBeGreaterThanOrEqual(spot.startNs + spot.durationNs + axis.offsetNs);
      }),
    );
  });

  test('the viewer reads of a link what was meant, whatever the file is called', () => {
    fc.assert(
      fc.property(given, fc.string({ unit: 'grapheme', minLength: 1 }), ({ axis, spot }, page) => {
        const href = hrefOf(spot, { axis, page, trace: 'x.trace' })!;
        const url = new URL(href, 'file:///reports/report.html');
        expect(url.protocol).toBe('file:');
        expect(url.search).toBe('');
        // A name of dots alone is a folder in any address; no report's page is called so.
        if (!/^\.{1,2}$/.test(page)) expect(url.pathname.split('/').length).toBe(3);
        const { state, problem } = readUrl(url.hash);
        expect(problem).toBeUndefined();
        expect(state).toMatchObject(windowOf(spot, axis));
        expect(state.place).toEqual({
          slot: 0,
          within: spot.thread === undefined ? `p${axis.pid}/d${axis.device}` : `p${axis.pid}/t${spot.thread}`,
          kind: spot.on,
          startNs: spot.startNs + axis.offsetNs,
          durationNs: spot.durationNs,
        });
      }),
    );
  });

  test('the command says the same window, to the nanosecond', () => {
    fc.assert(
      fc.property(given, ({ axis, spot }) => {
        const at = commandOf(spot, { axis, trace: 'x.trace' }).split(' --at ')[1];
        expect(parseWindow(at)).toEqual({ kind: 'time', ...windowOf(spot, axis) });
      }),
    );
  });

  test.each([
    'plain.trace',
    'with space.trace',
    "it's; touch pwned; $(touch pwned) `touch pwned`",
    '"><img src=x>',
    '-rf',
    '--port=1',
  ])('a shell takes the command for one trace called %j', (trace) => {
    const axis = { pid: 1, device: 0, offsetNs: 0, endNs: 1e6 };
    const command = commandOf({ startNs: 1, durationNs: 2, on: 'ops' }, { axis, trace });
    const said = execFileSync('sh', ['-c', command.replace(/^gapscope/, "printf '%s\\n'")], {
      encoding: 'utf8',
    });
    const [view, name, at, window, ...rest] = said.split('\n');
    expect([view, at, rest]).toEqual(['view', '--at', ['']]);
    expect(window).toMatch(/^0ms\.\.0\.\d+ms$/);
    expect(name).toBe(trace.startsWith('-') ? `./${trace}` : trace);
  });

  test('control characters in a name are shown, not sent to the terminal', () => {
    const axis = { pid: 1, device: 0, offsetNs: 0, endNs: 1e6 };
    const command = commandOf(
      { startNs: 1, durationNs: 2, on: 'ops' },
      { axis, trace: 'a\u001b[31m\nb\u202e' },
    );
    // eslint-disable-next-line no-control-regex -- they are what this is about
    expect(command).not.toMatch(/[\u0000-\u001f\u202e]/);
  });
});
