import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder, writeSmallTrace } from '../unit/small-trace.js';
import { gapscope } from './gapscope.js';

/** A file in the library's place: programs without CUDA never load it. */
function dummyLibrary(): string {
  const path = join(temporaryFolder(), 'libdummy.so');
  writeFileSync(path, '');
  return path;
}

describe('capture', () => {
  test('without the library says how to build it, and runs nothing', () => {
    const marker = join(temporaryFolder(), 'ran');
    const { code, stderr } = gapscope(['capture', '--', 'touch', marker], {
      GAPSCOPE_LIBRARY: '/nowhere.so',
    });
    expect(stderr).toContain('has not been built');
    expect(stderr).toContain('npm run build:native');
    expect(code).toBe(1);
    expect(existsSync(marker)).toBe(false);
  });

  test('gives the command its environment, word for word, and no shell', () => {
    const folder = temporaryFolder();
    const library = dummyLibrary();
    const seen = join(folder, 'env.json');
    const script = `require('fs').writeFileSync(process.argv[1], JSON.stringify([process.argv.slice(2), process.env]))`;
    const options = ['-o', join(folder, 'out'), '--range', 'block:*', '--delay', '0.5', '--graphs', 'whole'];
    const words = ['a b', '$HOME', '--json', '--', '*'];
    const { code, stderr } = gapscope(
      ['capture', ...options, '--', process.execPath, '-e', script, seen, ...words],
      { GAPSCOPE_LIBRARY: library },
    );
    const [args, env] = JSON.parse(readFileSync(seen, 'utf8')) as [string[], Record<string, string>];
    expect(args).toEqual(words);
    expect(env).toMatchObject({
      CUDA_INJECTION64_PATH: library,
      NVTX_INJECTION64_PATH: library,
      GAPSCOPE_OUT: join(folder, 'out'),
      GAPSCOPE_RANGE: 'block:*',
      GAPSCOPE_DELAY_MS: '500',
      GAPSCOPE_GRAPHS: 'whole',
    });
    expect(env.GAPSCOPE_PROFILER_API).toBeUndefined();
    expect(stderr).toContain('Nothing was recorded');
    expect(stderr).toContain('gapscope doctor');
    expect(code).toBe(1);
  });

  test('passes on the exit code, and death by a signal as a shell does', () => {
    const env = { GAPSCOPE_LIBRARY: dummyLibrary() };
    const out = (): string[] => ['capture', '-o', join(temporaryFolder(), 'out'), '--'];
    expect(gapscope([...out(), 'sh', '-c', 'exit 7'], env).code).toBe(7);
    expect(gapscope([...out(), 'sh', '-c', 'kill -TERM $$'], env).code).toBe(143);
    const missing = gapscope([...out(), 'no-such-program'], env);
    expect(missing.stderr).toContain('there is no program no-such-program');
    expect(missing.code).toBe(1);
  });

  test('summarises what was recorded, and what to run next', async () => {
    const folder = temporaryFolder();
    const recorded = await writeSmallTrace();
    const out = join(folder, 'out');
    const { code, stdout, stderr } = gapscope(
      ['capture', '-o', out, '--', 'cp', '-r', recorded, join(out, 'python-4242.trace')],
      { GAPSCOPE_LIBRARY: dummyLibrary() },
    );
    expect(stdout).toBe('');
    expect(stderr).toContain('NVIDIA H200');
    expect(stderr).toContain(`gapscope gaps ${out}`);
    expect(code).toBe(0);
  });

  test('refuses a folder with something in it; --force removes traces and nothing else', async () => {
    const out = temporaryFolder();
    await writeSmallTrace({}, {}, join(out, 'old.trace'));
    writeFileSync(join(out, 'notes.txt'), 'mine');
    mkdirSync(join(out, 'other.trace'));
    writeFileSync(join(out, 'other.trace', 'thesis.tex'), 'mine');
    const env = { GAPSCOPE_LIBRARY: dummyLibrary() };
    const refused = gapscope(['capture', '-o', out, '--', 'true'], env);
    expect(refused.stderr).toContain('is not empty');
    expect(refused.code).toBe(1);
    gapscope(['capture', '-o', out, '--force', '--', 'true'], env);
    expect(existsSync(join(out, 'old.trace'))).toBe(false);
    expect(existsSync(join(out, 'notes.txt'))).toBe(true);
    expect(existsSync(join(out, 'other.trace', 'thesis.tex'))).toBe(true);
  });
});

test('doctor answers on any machine', () => {
  const { code, stdout } = gapscope(['doctor', '--json']);
  const result = JSON.parse(stdout) as { canCapture: boolean; checks: { state: string; advice?: string }[] };
  expect(code).toBe(result.canCapture ? 0 : 1);
  for (const { state, advice } of result.checks) if (state === 'failed') expect(advice).toBeDefined();
});
