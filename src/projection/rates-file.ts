import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { messageOf, UserError } from '../trace/errors.js';
import type { Rates } from './rates.js';

const size = z.number().int().positive();
const time = z.number().positive();
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
});

/** What `python -m bench.whatif.rates` writes: milliseconds, FP8 with a scale a row. */
const BENCH_FILE = z.looseObject({
  schema: z.literal('bench.rates/1'),
  gpu: z.string().optional(),
  linear: z
    .array(z.looseObject({ M: size, N: size, K: size, bf16Ms: time, fp8RowMs: time, quantizeRowMs: time }))
    .min(1),
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
  const { device, source, matmul } = parsed.data;
  return { device, source: source ?? path, matmul };
}
