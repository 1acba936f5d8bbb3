import type { Fp8Host, MatmulRate, Rates, SparseRate } from './rates.js';

/**
 * One NVIDIA H200 (driver 580.159, torch 2.11, CUDA 13.0), by `python -m bench.whatif.rates`: bench/whatif/measured/rates.json.
 * `rates-h200.test.ts` holds these tables against that file.
 *
 * FP8 has a scale a row; its products are `torch._scaled_mm`. Columns: m, n, k, then bf16, FP8 and quantization, ns.
 */
const MATMUL: readonly (readonly [number, number, number, number, number, number])[] = [
  [432, 1_536, 1_536, 7_757, 8_101, 2_641],
  [432, 8_960, 1_536, 21_987, 17_740, 2_636],
  [432, 1_536, 8_960, 31_891, 24_833, 5_722],
  [4_680, 1_536, 1_536, 31_627, 22_310, 6_828],
  [4_680, 8_960, 1_536, 175_398, 97_392, 6_792],
  [4_680, 1_536, 8_960, 161_537, 94_532, 38_626],
  [18_720, 1_536, 1_536, 119_338, 69_707, 24_430],
  [18_720, 8_960, 1_536, 674_256, 373_513, 28_658],
  [18_720, 1_536, 8_960, 631_659, 350_560, 165_513],
  [9_360, 1_536, 1_536, 63_155, 37_412, 12_569],
  [9_360, 8_960, 1_536, 345_747, 189_757, 13_258],
  [9_360, 1_536, 8_960, 314_562, 176_275, 75_683],
  [28_160, 2_048, 2_048, 309_597, 159_068, 42_943],
  [28_160, 8_192, 2_048, 1_206_485, 622_743, 45_133],
  [28_160, 2_048, 8_192, 1_175_307, 607_328, 160_774],
  [84_480, 2_048, 2_048, 879_987, 470_663, 126_971],
  [84_480, 8_192, 2_048, 3_555_648, 1_919_792, 134_430],
  [84_480, 2_048, 8_192, 3_423_856, 1_812_816, 473_572],
];

/** FlexAttention over blocks of 128 against cuDNN's dense attention. Columns: tokens, kept share, dense and sparse, ns. */
const SPARSE: readonly (readonly [number, number, number, number])[] = [
  [28_160, 0.0182, 9_413_984, 390_904],
  [28_160, 0.0545, 9_413_984, 927_656],
  [28_160, 0.0818, 9_413_984, 1_334_720],
  [28_160, 0.2273, 9_413_984, 3_521_424],
  [28_160, 0.4455, 9_413_984, 6_772_032],
  [28_160, 1.0, 9_413_984, 13_353_744],
  [84_480, 0.0182, 93_375_969, 2_806_352],
  [84_480, 0.0545, 93_375_969, 7_617_312],
  [84_480, 0.0818, 93_375_969, 11_254_560],
  [84_480, 0.2273, 93_375_969, 31_124_304],
  [84_480, 0.4455, 93_375_969, 60_590_080],
  [84_480, 1.0, 93_375_969, 122_321_758],
];

/**
 * Host time of a temporal block at the full shape, recorded with and without `--fp8`: 226.1 against 157.6 ms for 900
 * quantizations and 1,200 matmuls (docs/what-if.md says how it is divided).
 */
const FP8_HOST: Fp8Host = { quantizeNs: 65_800, matmulNs: 7_800 };

export const H200: Rates = {
  device: 'NVIDIA H200',
  source: 'built in, measured on one NVIDIA H200 (bench/whatif/measured/rates.json)',
  matmul: MATMUL.map(([m, n, k, bf16Ns, fp8Ns, quantizeNs]): MatmulRate => ({
    m,
    n,
    k,
    bf16Ns,
    fp8Ns,
    quantizeNs,
  })),
  fp8Host: FP8_HOST,
  sparse: SPARSE.map(([tokens, kept, denseNs, sparseNs]): SparseRate => ({
    tokens,
    kept,
    denseNs,
    sparseNs,
  })),
};

/** Rates of a device by its name, where any are built in. */
export function builtInRates(device: string): Rates | undefined {
  return /\bH200\b/.test(device) ? H200 : undefined;
}
