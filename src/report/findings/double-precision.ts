import { gapsOf, kernelsOf } from '../results.js';
import { formatExact, formatNs, formatPercent } from '../units.js';
import { gpuClaims, type Rule } from './finding.js';
import { kernelEvidence } from './kernel-evidence.js';

const LEAST_SHARE = 0.005;
/** As compilers spell the types out in demangled names: a template argument or a parameter. */
const DOUBLE = /[<,( ](?:c10::complex<)?double\b/;

/** Kernels over float64 or complex128, which no layer of such a model needs: most often RoPE. */
export const doublePrecision: Rule = (results) => {
  const { window } = gapsOf(results);
  const kernels = kernelsOf(results)?.kernels.filter(({ fullName }) => DOUBLE.test(fullName)) ?? [];
  const ns = kernels.reduce((sum, { totalNs }) => sum + totalNs, 0);
  if (ns < LEAST_SHARE * window.spanNs) return undefined;
  const byClass = new Map<string, number>();
  for (const row of kernels) byClass.set(row.class, (byClass.get(row.class) ?? 0) + row.totalNs / 2);
  return {
    rule: 'double-precision',
    title: 'Kernels work in double precision',
    evidence: [
      {
        text: `${formatNs(ns)} (${formatPercent(ns / window.spanNs)} of the window) in kernels whose types include double.`,
      },
      ...kernels
        .slice(0, 3)
        .map((row) =>
          kernelEvidence(
            results,
            row,
            `${row.name}: ${formatExact(row.count)} launches, ${formatNs(row.totalNs)}`,
          ),
        ),
    ],
    certainty: 'medium',
    because:
      'Told from the kernels’ names. The bound is half of their time: such kernels are limited by memory, and single precision halves the bytes. A kernel may mention double for a scalar alone.',
    suggestion:
      'Compute RoPE in float32 (view_as_complex on float32, or cosine and sine tables in the model’s type), and check the output against the double version.',
    claims: gpuClaims(byClass),
  };
};
