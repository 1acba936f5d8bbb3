import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { messageOf, UserError } from '../trace/errors.js';
import type { Fp8Host, Rates, SparseRate } from './rates.js';

const size = z.number().int().positive();
const time = z.number().positive();
const share = z.number().positive().max(1);
const RATES_FILE = z.looseObject({
  schema: z.literal('gapscope.rates/1'),
  device: z.string(),
  source: z.string().optional(),
  matmul: z
    .array(
      z.looseObject({
        m: size,
        n: size,
        k: size,
        bf16Ns: time,
        fp8Ns: time,
        quantizeNs: z.number().nonnegative(),
      }),
    )
    .min(1),
  fp8Host: z.object({ quantizeNs: z.number().nonnegative(), matmulNs: z.number().nonnegative() }).optional(),
  sparse: z
    .array(z.looseObject({ tokens: size, kept: share, denseNs: time, sparseNs: time }))
    .min(1)
    .optional(),
});

/** What `python -m bench.whatif.rates` writes: milliseconds, FP8 with a scale a row. */
const BENCH_FILE = z.looseObject({
  schema: z.literal('bench.rates/1'),
  gpu: z.string().optional(),
  linear: z
    .array(z.looseObject({ M: size, N: size, K: size, bf16Ms: time, fp8RowMs: time, quantizeRowMs: time }))
    .min(1),
  attention: z.array(z.looseObject({ heads: size, queries: size, keys: size, ms: time })).optional(),
  /** The last row of a grid says what reordering the tokens takes, and keeps nothing. */
  sparse: z
    .array(z.looseObject({ grid: z.array(size).length(3), kept: share.optional(), ms: time }))
    .optional(),
  host: z
    .array(
      z.looseObject({
        what: z.string(),
        quantizeMicroseconds: z.number().optional(),
        matmulMicroseconds: z.number().optional(),
      }),
    )
    .optional(),
});

/** @throws UserError if the file cannot be read or is not of the form in docs/what-if.md */
export async function readRates(path: string): Promise<Rates> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new UserError(`The rates '${path}' cannot be read: ${messageOf(error)}.`, { cause: error });
  }
  return parseRates(text, path);
}

export function parseRates(text: string, path: string): Rates {
  const hint = 'docs/what-if.md shows its form.';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(`The rates '${path}' are not JSON: ${messageOf(error)}.`, { hint });
  }
  const bench = BENCH_FILE.safeParse(value);
  if (bench.success) {
    const { gpu, linear } = bench.data;
    const sparse = sparseRates(bench.data);
    const host = fp8Host(bench.data);
    return {
      device: gpu ?? 'a GPU that is not named',
      source: `${path}, measured on ${gpu ?? 'a GPU'}`,
      matmul: linear.map(({ M, N, K, bf16Ms, fp8RowMs, quantizeRowMs }) => ({
        m: M,
        n: N,
        k: K,
        bf16Ns: bf16Ms * 1e6,
        fp8Ns: fp8RowMs * 1e6,
        quantizeNs: quantizeRowMs * 1e6,
      })),
      ...(host === undefined ? {} : { fp8Host: host }),
      ...(sparse.length === 0 ? {} : { sparse }),
    };
  }
  const parsed = RATES_FILE.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new UserError(
      `The rates '${path}' are not understood: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`,
      { hint },
    );
  }
  const { device, source, matmul, fp8Host: host, sparse } = parsed.data;
  return {
    device,
    source: source ?? path,
    matmul,
    ...(host === undefined ? {} : { fp8Host: host }),
    ...(sparse === undefined ? {} : { sparse }),
  };
}

type BenchRates = z.infer<typeof BENCH_FILE>;

/** Sparse attention beside dense attention over as many tokens; rows without such a partner say nothing. */
function sparseRates({ attention = [], sparse = [] }: BenchRates): SparseRate[] {
  return sparse.flatMap(({ grid, kept, ms }): SparseRate[] => {
    const tokens = grid.reduce((product, axis) => product * axis, 1);
    const dense = attention.find(({ queries, keys }) => queries === tokens && keys === tokens);
    if (kept === undefined || dense === undefined) return [];
    return [{ tokens, kept, denseNs: dense.ms * 1e6, sparseNs: ms * 1e6 }];
  });
}

/** A difference of two times may come out below zero where there is none. */
function fp8Host({ host = [] }: BenchRates): Fp8Host | undefined {
  for (const { quantizeMicroseconds: quantize, matmulMicroseconds: matmul } of host) {
    if (quantize === undefined || matmul === undefined) continue;
    return { quantizeNs: Math.max(0, quantize * 1e3), matmulNs: Math.max(0, matmul * 1e3) };
  }
  return undefined;
}
