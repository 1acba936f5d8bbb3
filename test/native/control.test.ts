// When the library records: always, between the profiler's start and stop, within ranges, after a delay, on demand.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { haveCapture } from './built.js';
import { counts, expected, freshFolder, harness, onlyTrace } from './harness.js';

describe.skipIf(!haveCapture)('start and stop', () => {
  it('between cudaProfilerStart and cudaProfilerStop', async () => {
    const ran = harness(
      'import init disabled push before pop emit 100 profiler start push inside emit 40 pop profiler stop disabled emit 100 profiler start emit 20 counts',
      { GAPSCOPE_PROFILER_API: '1' },
    );
    expect(ran.code).toBe(0);
    const trace = await onlyTrace(ran.out);
    // Rounds 100–139 and 240–259: as many copies in them as rounds divisible by ten.
    expect(trace.ops.length).toBe(60 + 3 * 6);
    expect(Array.from(trace.ranges.name, (id) => trace.strings[id])).toEqual(['inside']);
    expect(counts(ran).violations).toBe(0);
  });

  it('within the ranges that match', async () => {
    const ran = harness(
      'import init disabled emit 100 push step:1 push inner emit 20 pop pop disabled push other emit 100 pop push step:2 emit 20 pop disabled',
      { GAPSCOPE_RANGE: 'step:*' },
    );
    expect(ran.stderr).toBe('');
    expect(ran.code).toBe(0);
    const trace = await onlyTrace(ran.out);
    expect(trace.ops.length).toBe(40 + 3 * 4);
    expect(Array.from(trace.ranges.name, (id) => trace.strings[id])).toEqual(['step:1', 'inner', 'step:2']);
  });

  it('within ranges numbered with an underscore where the pattern has a colon, and not the other way', async () => {
    const steps = 'import init push step_1 emit 20 pop push step:2 emit 30 pop disabled';
    const colon = await onlyTrace(harness(steps, { GAPSCOPE_RANGE: 'step:*' }).out);
    expect(Array.from(colon.ranges.name, (id) => colon.strings[id])).toEqual(['step_1', 'step:2']);
    const underscore = await onlyTrace(harness(steps, { GAPSCOPE_RANGE: 'step_*' }).out);
    expect(Array.from(underscore.ranges.name, (id) => underscore.strings[id])).toEqual(['step_1']);
  });

  it('after a delay and for a duration', async () => {
    const ran = harness('import init disabled emit 100 sleep 700 emit 40 sleep 900 disabled emit 100', {
      GAPSCOPE_DELAY_MS: '300',
      GAPSCOPE_DURATION_MS: '800',
    });
    expect(ran.stderr).toBe('');
    expect(ran.code).toBe(0);
    expect((await onlyTrace(ran.out)).ops.length).toBe(40 + 3 * 4);
  });

  it('on demand, twice in a process, into different folders', async () => {
    const first = join(freshFolder(), 'first');
    const second = join(freshFolder(), 'second');
    const ran = harness(
      `import start ${first} start ${first} emit 100 status stop stop emit 50 disabled start ${second} emit 200 stop counts`,
    );
    expect(ran.stderr).toBe('');
    expect(ran.stdout.match(/started \d/g)).toEqual(['started 0', 'started 1', 'started 0']);
    expect(ran.stdout.match(/stopped \d/g)).toEqual(['stopped 0', 'stopped 1', 'stopped 0']);
    expect(ran.stdout).toMatch(/status \{.*"capture":"on"/);
    expect((await onlyTrace(first)).ops.length).toBe(expected(100).ops);
    expect((await onlyTrace(second)).ops.length).toBe(expected(200).ops);
    expect(counts(ran).violations).toBe(0);
  });
});
