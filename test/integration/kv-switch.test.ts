import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gapscope, REPOSITORY } from './gapscope.js';

const trace = (name: string): string => join(REPOSITORY, 'traces', `${name}.trace`);

describe('switch', () => {
  test('JSON has the fields that others build on', () => {
    const { code, stdout } = gapscope(['switch', trace('small-eager'), '--json', '--quiet']);
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as Record<string, unknown> & {
      switches: { block: string; latencyNs: number; parts: Record<string, number> }[];
    };
    expect(result).toMatchObject({ schema: 'gapscope.switch/1', framesPerBlock: 3 });
    expect(result).toMatchObject({ blocks: { length: 10 }, switches: [{ block: 'temporal_block_7' }] });
    const [one] = result.switches;
    expect(Object.values(one!.parts).reduce((a, b) => a + b)).toBe(one!.latencyNs);
  });

  test('plain text when piped, with the equation', () => {
    const { stdout } = gapscope(['switch', trace('small-eager'), '--quiet']);
    expect(stdout).toMatch(/Switch at temporal_block_7 {2}[\d.]+ ms − [\d.]+ ms = [\d.]+ ms/);
    expect(stdout).not.toContain('\u001b');
  });

  test('--frames-per-block and --switch none', () => {
    const args = [
      'switch',
      trace('full-batch2'),
      '--json',
      '--quiet',
      '--switch',
      'none',
      '--frames-per-block',
      '4',
    ];
    const { steadyBlockNs, interFrameNs, switches } = JSON.parse(gapscope(args).stdout) as Record<
      string,
      number
    >;
    expect(interFrameNs).toBe(Math.round(steadyBlockNs! / 4));
    expect(switches).toEqual([]);
  });
});

describe('kv', () => {
  test('JSON, of one block', () => {
    const args = ['kv', trace('small-eager'), '--json', '--quiet', '--window', 'temporal_block:5'];
    const { code, stdout } = gapscope([...args, '--bandwidth', '4300']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'gapscope.kv/1',
      peak: { bytesPerSecond: 4.3e12, from: 'given' },
      blocks: [{ name: 'temporal_block_5', actions: [{ actions: 'RDDDD', layers: 30 }] }],
    });
  });

  test('--top all lists every layer', () => {
    expect(gapscope(['kv', trace('small-eager'), '--quiet']).stdout).toContain('18 more layers: --top all');
    expect(gapscope(['kv', trace('small-eager'), '--quiet', '--top', 'all']).stdout).not.toContain(
      '--top all',
    );
  });
});

describe('mistakes are one sentence and what to do, exit 1', () => {
  test.each([
    [['switch', trace('full-batch2')], 'None of the 8 blocks holds a prompt switch', '--switch'],
    [['switch', trace('small-eager'), '--block', 'chunk_#'], "No range is called 'chunk_#'", 'hint:'],
    [['switch', trace('small-eager'), '--window', '1ms..2ms'], 'takes no --window', '--block'],
    [
      ['switch', trace('small-eager'), '--frames-per-block', '0'],
      '--frames-per-block takes',
      'gapscope switch --help',
    ],
    [['switch', trace('small-eager'), '--filling', '1.5'], '--filling takes', 'gapscope switch --help'],
    [['kv', trace('small-eager'), '--bandwidth', '-1'], '--bandwidth takes', 'gapscope kv --help'],
    [
      ['kv', trace('small-eager'), '--window', 'text_encoder'],
      "Nothing in 'text_encoder' is KV-cache work",
      '--window',
    ],
  ])('%j', (args, message, advice) => {
    const { code, stdout, stderr } = gapscope(args);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).toContain(advice);
    expect(stderr).not.toContain('    at ');
  });
});

test('--help has an example', () => {
  for (const command of ['kv', 'switch']) {
    const { code, stdout } = gapscope([command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('Examples:');
  }
});
