import stringWidth from 'string-width';
import { beforeAll, describe, expect, test } from 'vitest';
import { analyzeKv, type KvResult } from '../../src/analysis/kv.js';
import { analyzeSwitch, type SwitchResult } from '../../src/analysis/switch.js';
import { kvText } from '../../src/report/kv-text.js';
import { textStyle } from '../../src/report/style.js';
import { switchText } from '../../src/report/switch-text.js';
import { fallBar } from '../../src/report/waterfall.js';
import { RECORDED, recorded } from './analysis/plain-tables.js';

describe.each(RECORDED)('%s', (name) => {
  let kv: KvResult;
  let switches: SwitchResult;
  beforeAll(async () => {
    const trace = await recorded(name);
    kv = analyzeKv(trace);
    switches = analyzeSwitch(trace, name === 'full-batch2' ? { switch: 'none' } : {});
  });

  test.each([80, 120, 200])('fits in %d columns, plain where there is no colour', (width) => {
    for (const color of [false, true]) {
      const style = textStyle(width, color);
      const lines = [...kvText(kv, style, 'GPU 0', 12), ...switchText(switches, style, 'GPU 0')];
      for (const line of lines) expect(stringWidth(line), line).toBeLessThanOrEqual(width);
      expect(lines.join('').includes('\u001b')).toBe(color);
    }
  });

  test('a list that was cut says so', () => {
    const style = textStyle(120, false);
    expect(kvText(kv, style, 'GPU 0', 4).join('\n')).toContain('26 more layers: --top all');
    expect(kvText(kv, style, 'GPU 0', Infinity).join('\n')).not.toContain('--top all');
  });
});

test('names from the trace are made safe', async () => {
  const trace = await recorded('small-eager');
  const strings = trace.strings.map((text) =>
    text.replace(/^temporal_block_7$/, 'temporal_block_7\u001b[31m'),
  );
  const options = { block: 'temporal_block_*' };
  const lines = [
    ...kvText(analyzeKv({ ...trace, strings }, options), textStyle(120, false), 'GPU 0', 12),
    ...switchText(analyzeSwitch({ ...trace, strings }, options), textStyle(120, false), 'GPU 0'),
  ].join('\n');
  expect(lines).not.toContain('\u001b');
  expect(lines).toContain('\\x1b');
});

test('a waterfall step', () => {
  expect(fallBar(0, 5, 0, 10, 10)).toBe('█████');
  expect(fallBar(5, 10, 0, 10, 10)).toBe('     █████');
  expect(fallBar(10, 8, 0, 10, 10)).toBe('        ▒▒');
  expect(fallBar(5, 5.1, 0, 10, 10)).toBe('     ▏');
  expect(fallBar(10, 9.9, 0, 10, 10)).toBe('         ▏');
  expect(fallBar(3, 3, 0, 10, 10)).toBe('');
});
