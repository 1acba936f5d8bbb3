import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyzeGaps } from '../../../../src/analysis/gaps.js';
import { analyzeSwitch } from '../../../../src/analysis/switch.js';
import { importPytorch } from '../../../../src/ingest/pytorch/import-pytorch.js';
import type { Trace } from '../../../../src/trace/trace.js';
import { tablesOf } from './read-text.js';

const FOLDER = fileURLToPath(new URL('../../../../../shared/samples/kineto/', import.meta.url));
const SAMPLES = [
  'a100-4-streams-nccl',
  'a100-simple-add',
  'ar-dit-h200-cuda-only',
  'h100-qwen',
  'mi250-rocm',
  'mi300x-vllm-graph-decode',
];
const GPU = ['kernel', 'gpu_memcpy', 'gpu_memset'];

interface Row {
  readonly ph: string;
  readonly cat?: string;
  readonly name: string;
  readonly ts: string;
  readonly dur: string;
  readonly args?: { readonly device?: string; readonly correlation?: string; readonly bytes?: string };
}

/** Times as their text: JSON.parse would round the absolute ones. */
function plainParse(text: string): Row[] {
  const quoted = text.replace(/("(?:ts|dur|device|correlation|bytes)"\s*:\s*)(-?[\d.]+)/g, '$1"$2"');
  return (JSON.parse(quoted) as { traceEvents: Row[] }).traceEvents;
}

/** Decimal microseconds to nanoseconds; more than three digits are doubles that somebody printed. */
function nsOf(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return (
    BigInt(whole) * 1000n + (BigInt(fraction.padEnd(12, '0').slice(0, 12)) + 500_000_000n) / 1_000_000_000n
  );
}

describe.skipIf(!existsSync(FOLDER))("other people's traces", () => {
  describe.each(SAMPLES)('%s', (sample) => {
    const path = join(FOLDER, `${sample}.json.gz`);
    let trace: Trace;
    const text = (): string => gunzipSync(readFileSync(path)).toString();

    test('has the ops, calls and idle time that plain parsing and a sweep find', async () => {
      trace = (await importPytorch(path)).traces[0]!;
      const rows = plainParse(text()).filter(({ ph, cat }) => ph === 'X' && cat !== undefined);
      const gpu = rows.filter(({ cat }) => GPU.includes(cat!));
      const calls = rows.filter(({ cat }) => cat === 'cuda_runtime' || cat === 'cuda_driver');
      expect(trace.ops.length).toBe(gpu.length);
      expect(trace.calls.length).toBe(calls.length);
      const kinds = GPU.map((name) => gpu.filter(({ cat }) => cat === name));
      kinds.forEach((of, kind) => {
        expect(trace.ops.kind.filter((one) => one === kind)).toHaveLength(of.length);
        const totalNs = trace.ops.durationNs.reduce(
          (sum, ns, i) => sum + (trace.ops.kind[i] === kind ? ns : 0),
          0,
        );
        expect(totalNs).toBe(Number(of.reduce((sum, { dur }) => sum + nsOf(dur), 0n)));
      });

      const spans = gpu.map(({ ts, dur }) => ({ start: nsOf(ts), end: nsOf(ts) + nsOf(dur) }));
      spans.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
      let busy = 0n;
      let until = spans[0]!.start;
      for (const { start, end } of spans) {
        if (end <= until) continue;
        busy += end - (start > until ? start : until);
        until = end;
      }
      const [gaps] = analyzeGaps(trace).devices;
      expect(gaps!.busyNs).toBe(Number(busy));
      expect(gaps!.idleNs).toBe(Number(until - spans[0]!.start - busy));
    });

    test('has every kernel at its time, to the nanosecond, with its launch', () => {
      const gpu = plainParse(text()).filter(({ ph, cat }) => ph === 'X' && GPU.includes(cat ?? ''));
      const first = gpu.reduce((least, { ts }) => (nsOf(ts) < least ? nsOf(ts) : least), nsOf(gpu[0]!.ts));
      const isKernel = ({ cat }: Row): boolean => cat === 'kernel';
      const wanted = gpu
        .filter(isKernel)
        .map((row) => `${nsOf(row.ts) - first} ${nsOf(row.dur)} ${row.args?.correlation} ${row.name}`);
      const { ops, strings } = trace;
      const found: string[] = [];
      for (let i = 0; i < ops.length; i++) {
        if (ops.kind[i] !== 0) continue;
        found.push(
          `${ops.startNs[i]! - ops.startNs[0]!} ${ops.durationNs[i]} ${ops.correlation[i]} ${strings[ops.name[i]!]}`,
        );
      }
      expect(found.sort()).toEqual(wanted.sort());
    });
  });

  test('the recording of one H200 has the block times that CUDA events measured, switch included', async () => {
    const measured = [364.214, 301.326, 310.221, 345.616, 362.294, 593.283, 359.024, 352.88];
    const { traces } = await importPytorch(join(FOLDER, 'ar-dit-h200-cuda-only.json.gz'));
    const { blocks, switches } = analyzeSwitch(traces[0]!, {
      block: 'between_cuda_events_#',
      switch: 'between_cuda_events_5',
    });
    expect(blocks).toHaveLength(measured.length);
    blocks.forEach(({ durationNs }, i) => {
      expect(Math.abs(durationNs / 1e6 / measured[i]! - 1), `block ${i}`).toBeLessThan(0.01);
    });
    expect(switches.map(({ block }) => block)).toEqual(['between_cuda_events_5']);
    expect(Math.abs(switches[0]!.latencyNs / 1e6 / (593.283 - 362.294) - 1)).toBeLessThan(0.01);
  });

  test('is the same plain as gzipped, and cut off in the middle of the gzip still has what came before', async () => {
    const packed = readFileSync(join(FOLDER, 'a100-simple-add.json.gz'));
    const plain = gunzipSync(packed);
    const folder = mkdtempSync(join(tmpdir(), 'gapscope-pytorch-'));
    const file = (name: string, bytes: Uint8Array): string => {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    };
    const whole = (await importPytorch(join(FOLDER, 'a100-simple-add.json.gz'))).traces[0]!;
    // Told by its bytes: the names lie.
    const unpacked = (await importPytorch(file('plain.json.gz', plain))).traces[0]!;
    expect(tablesOf(unpacked)).toEqual(tablesOf(whole));
    const members = Buffer.concat([gzipSync(plain.subarray(0, 9999)), gzipSync(plain.subarray(9999))]);
    expect(tablesOf((await importPytorch(file('two.json', members))).traces[0]!)).toEqual(tablesOf(whole));
    const cut = (await importPytorch(file('cut.json.gz', packed.subarray(0, packed.length >> 1)))).traces[0]!;
    expect(cut.ops.length).toBeGreaterThan(0);
    expect(cut.ops.length).toBeLessThan(whole.ops.length);
    expect(cut.notices.some(({ message }) => message.includes('the file ends early'))).toBe(true);
  });
});
