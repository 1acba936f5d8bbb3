import { describe, expect, it } from 'vitest';
import { kernelPattern, rangePattern } from '../../../src/analysis/rule-pattern.js';
import { parseRules } from '../../../src/analysis/rules-file.js';
import { UserError } from '../../../src/trace/errors.js';

function messageOf(text: string): string {
  try {
    parseRules(text, 'rules.json');
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message;
  }
  throw new Error('no error');
}

describe('a rules file', () => {
  it('comes before the built-in rules', () => {
    const rules = parseRules(
      `\uFEFF{
        "layer": "dit_#", "block": "chunk:#",
        "ranges": [{"match": "attn_core*", "class": "attention"}, {"match": "swiglu", "class": "mlp"}],
        "kernels": [{"match": "my_fused_*", "class": "norm"}]
      }`,
      'rules.json',
    );
    const ofRange = (name: string) => rules.parts.find(([pattern]) => pattern.test(name))?.[1];
    expect(ofRange('attn_core_v#')).toBe('attention');
    expect(ofRange('swiglu')).toBe('mlp');
    expect(ofRange('kv_temp_clone')).toBe('kv.clone');
    expect(rules.layer.some((pattern) => pattern.test('dit:#'))).toBe(true);
    expect(rules.block.some((pattern) => pattern.test('chunk_#'))).toBe(true);
    // A part of the layer table that is no class of ops says nothing about hotspots.
    expect(rules.classes.ranges[0]![1]).toBe('attention');
    expect(rules.classes.ranges.some(([pattern]) => pattern.test('swiglu'))).toBe(false);
    expect(rules.classes.kernels[0]![1]).toBe('norm');
  });

  it.each([
    [
      '{\n  "ranges": [\n    {"match": "a", "class": "atention"}\n  ]\n}',
      /^rules\.json:3:29: ranges\[0\]\.class: 'atention' is no class\. Close: attention/,
    ],
    [
      '{\n  "ranges": [\n    {"match": "a", "class": "norm"},\n  ]\n}',
      /^rules\.json:3:36: not JSON: a ',' may not stand before '\]'/,
    ],
    [
      '{\n  "kernels": [{"match": 3, "class": "norm"}]\n}',
      /^rules\.json:2:25: kernels\[0\]\.match: .*expected string/,
    ],
    [
      '{\n\n "rangs": []}',
      /^rules\.json:3:11: the file: unknown key 'rangs'\. Known: layer, block, ranges, kernels/,
    ],
    [
      '{"ranges": [{"match": "a", "klass": "norm"}]}',
      /^rules\.json:1:\d+: ranges\[0\]\.class: must be one of/,
    ],
    ['{"layer": "block"}', /^rules\.json:1:11: layer: needs the place of a number/],
    ['{"kernels": [{"match": "a", "class": "mlp"}]}', /'mlp' is no class/],
    ['{"ranges": [{"match": " ", "class": "norm"}]}', /a pattern may not be empty/],
    ['{"ranges": [], "ranges": []}', /^rules\.json:1:16: not JSON: the key "ranges" is there twice/],
    ['', /^rules\.json:1:1: not JSON: a value is missing/],
    ['{"ranges": [}', /^rules\.json:1:13: not JSON: a value cannot start with '}'/],
    ['{"layer": "x#\n"}', /^rules\.json:1:11: not JSON: a string is not closed/],
    ['[]', /^rules\.json:1:1: the file: .*expected object/],
    ['{} x', /^rules\.json:1:4: not JSON: nothing may follow/],
    ['['.repeat(100), /nested too deeply/],
  ])('%j is refused with its place', (text, message) => {
    expect(messageOf(text)).toMatch(message);
  });

  it('names every mistake', () => {
    const message = messageOf('{"ranges": [{"match": "a", "class": "x"},\n{"match": 1, "class": "norm"}]}');
    expect(message.split('\n')).toHaveLength(2);
    expect(message).toMatch(/^rules\.json:1:.*\nrules\.json:2:11/);
  });
});

describe('patterns', () => {
  it.each([
    ['layer_3', 'layer:#', true],
    ['layer_#', 'layer_#', true],
    ['layer_#', 'player_#', false],
    ['kv_*', 'kv_temp_clone', true],
    ['a.b', 'axb', false],
    ['*', 'anything', true],
  ])('range %s on %s: %s', (glob, template, matches) => {
    expect(rangePattern(glob).test(template)).toBe(matches);
  });

  it.each([
    ['flash_fwd*', 'void flash::flash_fwd_kernel<128, true>(Params)', true],
    ['flash_fwd_kernel', 'void flash::flash_fwd_kernel<128, true>(Params)', true],
    ['fwd_kernel', 'void flash::flash_fwd_kernel<128, true>(Params)', false],
    ['direct_copy_kernel_cuda', 'elementwise_kernel<direct_copy_kernel_cuda(at::Iter&)>', true],
    ['gemm*tn', 'sm90_gemm_bf16_tn', false],
    ['*gemm*tn', 'sm90_gemm_bf16_tn', true],
  ])('kernel %s on %s: %s', (glob, name, matches) => {
    expect(kernelPattern(glob).test(name)).toBe(matches);
  });
});
