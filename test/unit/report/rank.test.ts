import { expect, test } from 'vitest';
import type { Claim, Finding, Rule } from '../../../src/report/findings/finding.js';
import { findAll, togetherNs } from '../../../src/report/findings/rank.js';
import { gapsResult, kernelRow, kernelsResult, results } from './hand-made.js';

function rule(name: string, claims: readonly Claim[]): Rule {
  const finding: Finding = {
    rule: name,
    title: name,
    evidence: [],
    certainty: 'high',
    because: '',
    suggestion: '',
    claims,
  };
  return () => finding;
}

const RULES = [
  rule('knowing', []),
  rule('small', [{ pool: 'idle:host', ns: 10_000 }]),
  rule('large', [
    { pool: 'idle:host', ns: 30_000 },
    { pool: 'gpu:matmul', ns: 50_000 },
  ]),
  rule('apart', [{ pool: 'idle:sync', ns: 20_000 }]),
];
const given = results({
  gaps: gapsResult({ host: 35_000, sync: 25_000 }),
  kernels: kernelsResult([kernelRow({ totalNs: 40_000 })]),
});

test('findings come in the order of what they claim; what claims nothing comes last, without a bound', () => {
  const found = findAll(given, RULES);
  expect(found.map(({ rule: name, boundNs }) => [name, boundNs])).toEqual([
    ['large', 80_000],
    ['apart', 20_000],
    ['small', 10_000],
    ['knowing', undefined],
  ]);
  expect(found.map(({ rank }) => rank)).toEqual([1, 2, 3, 4]);
  expect(found[0]?.share).toBe(0.08);
});

test('findings that draw on the same time say so of each other', () => {
  expect(findAll(given, RULES).map(({ overlapsWith }) => overlapsWith)).toEqual([[3], [], [1], []]);
});

test('together, a pool gives no more than it holds', () => {
  // host: 10 + 30 claimed, 35 there; matmul: 50 claimed, 40 there; sync: 20 claimed of 25.
  expect(togetherNs(findAll(given, RULES), given)).toBe(35_000 + 40_000 + 20_000);
});

test('no bound is longer than the window', () => {
  const found = findAll(given, [rule('huge', [{ pool: 'gpu:other', ns: 5e6 }])]);
  expect(found[0]?.boundNs).toBe(1e6);
  expect(togetherNs(found, given)).toBe(1e6);
});
