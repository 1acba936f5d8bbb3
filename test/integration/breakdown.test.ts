import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { BreakdownResult } from '../../src/analysis/breakdown-result.js';
import { stringWidth } from '../../src/report/shorten.js';
import { gapscope } from './gapscope.js';

const TRACE = 'traces/small-graphs.trace';
const folder = mkdtempSync(join(tmpdir(), 'gapscope-breakdown-'));
afterAll(() => rmSync(folder, { recursive: true }));

function rulesFile(text: string): string {
  const path = join(folder, 'rules.json');
  writeFileSync(path, text);
  return path;
}

describe('gapscope breakdown', () => {
  it.each([40, 80, 120, 200])('fits %i columns and closes', (columns) => {
    for (const by of ['tree', 'layer']) {
      const { code, stdout, stderr } = gapscope(['breakdown', TRACE, '--by', by], {
        COLUMNS: String(columns),
      });
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/busy [\d,]+ \+ idle [\d,]+ = window [\d,]+ ns/);
      expect(stdout).not.toContain('do not close');
      expect(stdout).not.toContain('\u001b[');
      if (columns < 80) continue;
      const widest = Math.max(...stdout.split('\n').map((line) => stringWidth(line)));
      expect([by, widest <= columns]).toEqual([by, true]);
    }
  });

  it('prints the result as JSON', () => {
    const result = JSON.parse(gapscope(['breakdown', TRACE, '--json']).stdout) as BreakdownResult;
    expect(result.schema).toBe('gapscope.breakdown/1');
    const [device] = result.devices;
    expect(device!.tree[0]).toMatchObject({ path: 'temporal_block_#', instances: 10 });
    expect(device!.layerTable).toMatchObject({ passes: 1500, blocks: 10 });
  });

  it('says what was left out', () => {
    const { stdout } = gapscope(['breakdown', TRACE, '--depth', '2', '--top', '1']);
    expect(stdout).toMatch(/… \d+ deeper paths: --depth all shows them/);
    expect(stdout).toMatch(/… \d+ smaller paths: --top all shows them/);
    expect(stdout).not.toContain('generator_forward');
    const layers = gapscope(['breakdown', TRACE, '--by', 'layer', '--top', '1']).stdout;
    expect(layers).toMatch(/… 29 more layers of .* a pass: --top all/);
  });

  it('follows a rules file, and names the line of a mistake', () => {
    const good = rulesFile('{"ranges": [{"match": "ffn", "class": "rope"}]}');
    expect(gapscope(['breakdown', TRACE, '--by', 'layer', '--rules', good]).stdout).not.toContain('MLP');
    expect(gapscope(['gaps', TRACE, '--rules', good]).stdout).toContain('→ rope');
    const bad = rulesFile('{\n"ranges": [{"match": "ffn", "class": "mpl"}]}');
    for (const command of ['breakdown', 'gaps']) {
      const { code, stdout, stderr } = gapscope([command, TRACE, '--rules', bad]);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/rules\.json:2:38: ranges\[0\]\.class: 'mpl' is no class\. Close: mlp/);
    }
    expect(gapscope(['breakdown', TRACE, '--rules', 'no-such.json']).code).toBe(1);
    expect(gapscope(['breakdown', TRACE, '--depth', '0']).stderr).toContain(
      '--depth takes a number of levels',
    );
  });
});
