// `npm test`, after setup: every check and test that this machine can run, then what was skipped and why,
// then one line with the sum.
//   node scripts/test.mjs [--checks-only]
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder, findPython, pythonHas, ROOT, run, tool } from './lib.mjs';

const RESULTS = join(ROOT, 'node_modules', '.cache', 'gapscope-test');
const total = { passed: 0, failed: 0, skipped: 0 };
const skips = [];

rmSync(RESULTS, { recursive: true, force: true });
mkdirSync(RESULTS, { recursive: true });
runChecks();
if (!process.argv.includes('--checks-only')) {
  runVitest();
  runPytest();
  nameSkips();
}
if (skips.length > 0) console.log(`\nSkipped:\n${skips.map((line) => `  - ${line}`).join('\n')}`);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 ? 1 : 0);

function runChecks() {
  const node = process.execPath;
  for (const project of ['tsconfig.json', 'viewer', 'test/unit/viewer', 'test/browser']) {
    const name = project === 'tsconfig.json' ? 'types' : `types of ${project}`;
    check(name, node, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', project]);
  }
  check('lint', tool('eslint'), ['.', '--max-warnings', '0']);
  check('format', tool('prettier'), ['--check', '--log-level', 'warn', '.']);
  check('C++ format', node, ['scripts/check-clang-format.mjs']);
  check('imports', node, ['scripts/check-imports.mjs']);
  check('file sizes', node, ['scripts/check-sizes.mjs']);
  check('pictures', node, ['scripts/terminal-pictures.mjs', '--check']);
}

function check(name, program, args) {
  const { ok, output } = run(program, args);
  const lines = output.trimEnd().split('\n');
  console.log(
    `${ok ? '✓' : '✗'} ${name}${ok && lines.length === 1 && lines[0] !== '' ? `: ${lines[0]}` : ''}`,
  );
  if (ok) {
    total.passed++;
  } else {
    total.failed++;
    console.log(output.trimEnd());
  }
}

function runVitest() {
  const file = join(RESULTS, 'vitest.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { ok } = run(tool('vitest'), ['run', ...reporters], { show: true });
  if (!existsSync(file)) {
    total.failed++;
    console.log('✗ vitest did not finish');
    return;
  }
  const result = JSON.parse(readFileSync(file, 'utf8'));
  total.passed += result.numPassedTests;
  // A file that fails to load has no tests of its own to count.
  total.failed += Math.max(result.numFailedTests, ok ? 0 : 1);
  for (const suite of result.testResults) {
    for (const one of suite.assertionResults) {
      if (one.status !== 'skipped' && one.status !== 'pending' && one.status !== 'todo') continue;
      total.skipped++;
      skips.push(one.fullName.trim());
    }
  }
}

function runPytest() {
  if (filesUnder(ROOT, 'test/pipelines', (name) => /^test_.*\.py$/.test(name)).length === 0) return;
  const python = findPython();
  const missing = ['torch', 'pytest'].filter((name) => !pythonHas(python, [name]));
  if (missing.length > 0) {
    total.skipped++;
    skips.push(
      `pipeline tests: ${python ?? 'no Python'} has no ${missing.join(' and no ')} (GAPSCOPE_PYTHON names another; .ci/run makes .venv)`,
    );
    return;
  }
  const file = join(RESULTS, 'pytest.xml');
  const { ok } = run(python, ['-m', 'pytest', '-q', '-rs', `--junitxml=${file}`, 'test/pipelines'], {
    show: true,
  });
  const suite = existsSync(file) ? (/<testsuite [^>]*>/.exec(readFileSync(file, 'utf8'))?.[0] ?? '') : '';
  const count = (name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const failed = count('failures') + count('errors');
  total.passed += count('tests') - failed - count('skipped');
  total.failed += Math.max(failed, ok ? 0 : 1);
  total.skipped += count('skipped');
  if (count('skipped') > 0) skips.push(`${count('skipped')} pipeline tests: pytest's lines above say why`);
}

/** What no test could even be written for here; counted nowhere, but said. */
function nameSkips() {
  if (!existsSync(join(ROOT, '..', 'shared', 'samples'))) skips.push('../shared/samples is not there');
  if (!pythonHas(findPython(), ['pyarrow']))
    skips.push('no pyarrow: interoperability with it was not checked');
  if (!existsSync(join(ROOT, 'build', 'Release', 'libgapscope_capture.so'))) {
    skips.push(
      'the capture library was not built: no CUDA headers or no compiler (npm run setup says which)',
    );
  }
}
