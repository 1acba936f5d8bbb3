import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { REPOSITORY } from './gapscope.js';

const RUN = fileURLToPath(new URL('../fuzz/run.mjs', import.meta.url));
const seeds = JSON.parse(readFileSync(new URL('../fuzz/seeds.json', import.meta.url), 'utf8')) as {
  readonly found: readonly { readonly subject: string }[];
};
const SAMPLES = fileURLToPath(new URL('../../../shared/samples', import.meta.url));

/** `npm run test:fuzz` runs ten thousand of each; these are the first of them. */
function fuzz(pattern: string, cases: number): { code: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [RUN, '--cases', String(cases), '--whole', '1', '--subject', pattern],
    { cwd: REPOSITORY, encoding: 'utf8' },
  );
  return { code: status, output: `${stdout}\n${stderr}` };
}

// A failure prints the case and the command that runs it again.
test('damaged traces and packs end in a result or in a sentence for the user', { timeout: 300_000 }, () => {
  const { code, output } = fuzz('^(trace|pack|whole:small)', 25);
  // The first ones, and those that once found a fault.
  const known = seeds.found.filter(({ subject }) => subject === 'trace:small-graphs').length;
  expect(known).toBeGreaterThan(0);
  expect(output).toContain(`| trace:small-graphs | ${25 + known} |`);
  expect(code, output).toBe(0);
});

test.skipIf(!existsSync(SAMPLES))("so do other tools' damaged files", { timeout: 300_000 }, () => {
  const { code, output } = fuzz('^(json|sqlite|ranks|whole:(mi300|mi250|no-gpu))', 25);
  expect(output).toContain('| json:h100-qwen | 25 |');
  expect(code, output).toBe(0);
});
