import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { smallTables, temporaryFolder, writeSmallTrace } from '../unit/small-trace.js';
import { gapscope, MAIN } from './gapscope.js';

let trace: string;
beforeAll(async () => {
  const { strings } = smallTables();
  const text = [...(strings.text as string[])];
  text[1] = 'gemm\u001b[31m\u0007kernel';
  trace = await writeSmallTrace({ strings: { ...strings, text } });
});

describe('results', () => {
  test('info and gaps print plain text when piped', () => {
    // CI is set on build machines, and colour libraries take it for a terminal.
    for (const [command, CI] of [
      ['info', ''],
      ['gaps', ''],
      ['gaps', 'true'],
    ] as const) {
      const { code, stdout, stderr } = gapscope([command, trace], { CI });
      expect(stderr).toBe('');
      expect(code).toBe(0);
      expect(stdout).not.toContain('\u001b');
      expect(stdout).toContain('NVIDIA H200');
    }
  });

  test('colours come when forced, and NO_COLOR wins', () => {
    expect(gapscope(['gaps', trace], { FORCE_COLOR: '1' }).stdout).toContain('\u001b[');
    expect(gapscope(['gaps', trace], { FORCE_COLOR: '1', NO_COLOR: '1' }).stdout).not.toContain('\u001b[');
  });

  test('the idle budget closes, in JSON and in the table', () => {
    const { stdout } = gapscope(['gaps', trace, '--json']);
    const { schema, devices } = JSON.parse(stdout) as {
      schema: string;
      devices: {
        window: { spanNs: number };
        busyNs: number;
        idleNs: number;
        idleByCause: Record<string, number>;
      }[];
    };
    expect(schema).toBe('gapscope.gaps/1');
    const [device] = devices;
    expect(device!.busyNs).toBe(8 * 12_000);
    expect(device!.idleNs).toBe(7 * 8_000);
    expect(Object.values(device!.idleByCause).reduce((a, b) => a + b)).toBe(device!.idleNs);
    expect(device!.busyNs + device!.idleNs).toBe(device!.window.spanNs);
    expect(gapscope(['gaps', trace]).stdout).toMatch(/= window .* 152,000/);
  });

  test('info as JSON', () => {
    const info = JSON.parse(gapscope(['info', trace, '--json']).stdout) as {
      processes: { ops: { total: number }; cleanExit: boolean }[];
    };
    expect(info.processes[0]!.ops.total).toBe(8);
    expect(info.processes[0]!.cleanExit).toBe(true);
  });

  test('a list that was cut says how much, and how to see it', () => {
    const { stdout } = gapscope(['gaps', trace, '--top', '1']);
    expect(stdout).toContain('--top all');
    expect(gapscope(['gaps', trace, '--top', 'all']).stdout).not.toContain('--top all');
  });

  test('several processes, one report', async () => {
    const run = temporaryFolder();
    await writeSmallTrace({}, { pid: 1 }, join(run, 'a.trace'));
    await writeSmallTrace({}, { pid: 2 }, join(run, 'b.trace'));
    const { devices } = JSON.parse(gapscope(['gaps', run, '--json']).stdout) as {
      devices: { pid: number }[];
    };
    expect(devices.map(({ pid }) => pid)).toEqual([1, 2]);
  });

  test('no line is wider than the terminal', () => {
    for (const width of [80, 120, 200]) {
      const { stdout } = gapscope(['gaps', trace], { COLUMNS: String(width) });
      for (const line of stdout.split('\n')) expect([...line].length, line).toBeLessThanOrEqual(width);
    }
  });

  test('| head is no error', () => {
    const { status, stderr } = spawnSync(
      'bash',
      [
        '-c',
        `set -o pipefail; '${process.execPath}' '${MAIN}' gaps '${trace}' --json | head -1; exit \${PIPESTATUS[0]}`,
      ],
      { encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});

describe('mistakes are one sentence and what to do, exit 1', () => {
  test.each([
    [['inof', 'x'], 'did you mean info'],
    [['gaps', 'x', '--tpo', '3'], 'did you mean --top'],
    [['gaps'], 'needs a TRACE'],
    [[], 'say what to do'],
    [['gaps', '/nowhere'], 'there is no file or folder /nowhere'],
    [['gaps', 'x', '--top', '0'], '--top takes'],
    [['gaps', 'x', '--device', 'one'], '--device takes'],
    [['capture', 'python', 'x.py'], 'put -- before the command'],
    [['capture'], 'no command to run'],
    [['capture', '--range', 'x', '--profiler-api', '--', 'true'], 'exclude each other'],
    [['capture', '--delay', 'soon', '--', 'true'], '--delay takes'],
  ])('%j', (args, words) => {
    const { code, stdout, stderr } = gapscope(args);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('    at ');
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });

  test('a window that is not there, and one that is no window', () => {
    for (const window of ['no_such_range', '5ms..1ms', '']) {
      const { code, stderr } = gapscope(['gaps', trace, `--window=${window}`]);
      expect(stderr).toContain('error:');
      expect(stderr).not.toContain('bug');
      expect(code).toBe(1);
    }
  });
});

test('--help of every command has an example and loads fast', () => {
  for (const command of ['capture', 'doctor', 'info', 'gaps']) {
    const { code, stdout } = gapscope([command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('Examples:');
  }
});
