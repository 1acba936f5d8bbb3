// CUPTI at its worst: what cannot be recorded is counted, and what can be is.
import { describe, expect, it } from 'vitest';
import { haveCapture } from './built.js';
import { counts, expected, harness, onlyTrace, type Environment } from './harness.js';

const ROUNDS = 4000;
const { ops, calls } = expected(ROUNDS);

async function under(faults: string, extra: Environment = {}) {
  const ran = harness(`import init threads 2 ${ROUNDS / 2} counts`, { FAKECUPTI_FAULTS: faults, ...extra });
  expect(ran.code).toBe(0);
  expect(counts(ran).violations).toBe(0);
  return { ran, counted: counts(ran), trace: await onlyTrace(ran.out) };
}

describe.skipIf(!haveCapture)('faults', () => {
  it.each(['unordered', 'invalidtail', 'empty', 'wide', 'late', 'unordered,invalidtail,empty,wide'])(
    'nothing is lost to %s',
    async (faults) => {
      const { trace } = await under(faults, { GAPSCOPE_BUFFER_BYTES: '16384' });
      expect(trace.ops.length).toBe(ops);
      expect(trace.calls.length).toBe(calls);
      expect(trace.status.get('dropped')).toBe('0');
      expect(trace.status.get('unknownRecords')).toBe('0');
    },
  );

  it('counts ops whose times were lost', async () => {
    const { trace } = await under('zerotime');
    const lost = Math.floor(ops / 10);
    expect(trace.ops.length).toBe(ops - lost);
    expect(trace.status.get('zeroTimestamps')).toBe(String(lost));
    expect(Math.min(...trace.ops.startNs)).toBeGreaterThanOrEqual(0);
  });

  it('counts records that CUPTI dropped', async () => {
    const { trace, counted } = await under('drops');
    expect(counted.dropped).toBeGreaterThan(50);
    expect(trace.status.get('dropped')).toBe(String(counted.dropped));
  });

  it('counts records of kinds it does not know', async () => {
    const { trace } = await under('unknown');
    expect(trace.ops.length).toBe(ops);
    expect(Number(trace.status.get('unknownRecords'))).toBeGreaterThan(50);
  });

  it('says what could not be enabled', async () => {
    const { trace } = await under('nooverhead');
    expect(trace.status.get('notEnabled')).toContain('CUPTI_ERROR_NOT_COMPATIBLE');
    expect(trace.ops.length).toBe(ops);
  });

  it('runs out of buffers without harm, and says how much it cost', async () => {
    const { trace, counted } = await under('', {
      GAPSCOPE_BUFFER_BYTES: '4096',
      GAPSCOPE_BUFFERS: '1',
      GAPSCOPE_MAX_BUFFERS: '1',
    });
    expect(trace.status.get('dropped')).toBe(String(counted.dropped));
    expect(counted.dropped).toBeGreaterThan(0);
  });

  it('survives the same with a CUPTI that a null buffer would kill', async () => {
    const ran = harness(`import init threads 2 ${ROUNDS / 2} counts`, {
      GAPSCOPE_BUFFER_BYTES: '4096',
      GAPSCOPE_BUFFERS: '1',
      GAPSCOPE_MAX_BUFFERS: '1',
      FAKECUPTI_VERSION: '26',
    });
    expect(ran.code).toBe(0);
    expect((await onlyTrace(ran.out)).status.get('exit')).toBe('clean');
  });

  it('lets the program run when the subscription is refused', async () => {
    const ran = harness('import init emit 10', { FAKECUPTI_FAULTS: 'refused' });
    expect(ran.code).toBe(0);
    expect((await onlyTrace(ran.out)).status.get('capture')).toContain('refused the subscription');
  });

  it('notices that another client took the buffers', async () => {
    const ran = harness('import init emit 100 sleep 200 steal emit 100 sleep 200 launches 60000 sleep 300', {
      GAPSCOPE_FLUSH_MS: '50',
    });
    const trace = await onlyTrace(ran.out);
    expect(trace.ops.length).toBe(expected(100).ops);
    expect(trace.status.get('buffersForeign')).toBe('1');
    expect(trace.status.get('capture')).toMatch(/^lost: another CUPTI client/);
  });

  it.each([
    ['of a GPU that works', 'emit 70000'],
    ['that leave nothing on the GPU', 'allocations 70000'],
    ['captured into a graph', 'capture 70000'],
  ])('does not mistake calls %s for that', async (_, commands) => {
    const ran = harness(`import init emit 100 sleep 200 ${commands} sleep 200`, { GAPSCOPE_FLUSH_MS: '50' });
    const trace = await onlyTrace(ran.out);
    expect(trace.calls.length).toBeGreaterThan(70_000);
    expect(trace.status.get('buffersForeign')).toBeUndefined();
    expect(trace.status.get('capture')).toBe('on');
  });
});
