// Sets up what is missing: packages, the TypeScript build, the viewer, the native build. Instant when nothing changed.
//   node scripts/setup.mjs [--quiet] [--native]     --native builds native code even if nothing changed
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fingerprint, ROOT, run, tool } from './lib.mjs';

const quiet = process.argv.includes('--quiet');
const STAMPS = join(ROOT, 'node_modules', '.cache', 'gapscope-setup.json');

installPackages();
const stamps = readStamps();
buildTypeScript();
buildViewer();
buildNative();

function installPackages() {
  const wanted = fingerprint(['package-lock.json']);
  const installed = join(ROOT, 'node_modules', '.package-lock.json');
  if (existsSync(installed)) {
    if (readStamps().packages === wanted) return;
    // Installed by hand with npm, after the lock file last changed: that is as good.
    const lock = join(ROOT, 'package-lock.json');
    if (statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return saveStamp('packages', wanted);
  }
  const result = step('installing packages (npm ci)', 'npm', ['ci', '--no-audit', '--no-fund']);
  if (!result.ok) fail(result, 'is the npm registry reachable? `npm ci` shows the same');
  saveStamp('packages', wanted);
}

function buildTypeScript() {
  const wanted = fingerprint(['src', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json']);
  const built = existsSync(join(ROOT, 'dist', 'cli', 'main.js'));
  if (stamps.typescript === wanted && built) return;
  const args = [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'];
  // An incremental build believes its own notes even when the files they speak of were deleted.
  if (!built) rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
  const result = step('building TypeScript', process.execPath, args);
  if (!result.ok) fail(result, 'the lines above name the errors; `npm run build` shows the same');
  saveStamp('typescript', wanted);
}

/** The page that `view` serves, and the one file of it that `export --html` fills. It takes pure code from src/ in. */
function buildViewer() {
  if (!existsSync(join(ROOT, 'viewer', 'index.html'))) return;
  const wanted = fingerprint(['viewer', 'src', 'package-lock.json']);
  const built = ['viewer/index.html', 'viewer-single/viewer.js'].every((file) =>
    existsSync(join(ROOT, 'dist', file)),
  );
  if (stamps.viewer === wanted && built) return;
  for (const mode of ['production', 'single']) {
    const args = ['build', 'viewer', '--mode', mode, '--logLevel', 'warn'];
    const result = step(`building the viewer (vite, ${mode})`, tool('vite'), args);
    if (!result.ok) fail(result, 'the lines above name the errors; `npm run build:viewer` shows the same');
  }
  saveStamp('viewer', wanted);
}

/** Capture needs it; reading and analysing traces does not, so a failure here is one line, not the end. */
function buildNative() {
  if (!existsSync(join(ROOT, 'binding.gyp'))) {
    return say('native code: no binding.gyp, skipped; traces can be read, not recorded');
  }
  const cuda = ['CUDA_HOME', 'CUDA_PATH', 'GAPSCOPE_PYTHON'].map((name) => process.env[name] ?? '').join(':');
  const venv = existsSync(join(ROOT, '.venv')) ? 'venv' : '';
  const toolkit = existsSync('/usr/local/cuda') ? 'toolkit' : '';
  const wanted = fingerprint(['native', 'binding.gyp'], `${process.version} ${cuda} ${venv} ${toolkit}`);
  if (
    !process.argv.includes('--native') &&
    stamps.native === wanted &&
    (stamps.nativeProblem !== '' || existsSync(join(ROOT, 'build', 'Release')))
  ) {
    return sayNative(stamps.nativeProblem ?? '');
  }
  const jobs = ['--jobs', 'max'];
  const result = step('building native code (node-gyp)', tool('node-gyp'), [
    'configure',
    'build',
    ...jobs,
    ...nodeHeaders(),
  ]);
  const log = join(ROOT, 'node_modules', '.cache', 'gapscope-native.log');
  writeFileSync(log, result.output);
  const problem = result.ok ? skippedTargets() : `native code could not be built (${reason(result.output)})`;
  saveStamp('native', wanted);
  saveStamp('nativeProblem', problem);
  sayNative(problem);
}

/** Headers that came with this Node, so that node-gyp need not download them. */
function nodeHeaders() {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? [`--nodedir=${prefix}`] : [];
}

function skippedTargets() {
  const library = join(ROOT, 'build', 'Release', 'libgapscope_capture.so');
  return existsSync(library)
    ? ''
    : 'capture library skipped: no CUDA headers (set CUDA_HOME, or pip install nvidia-cuda-cupti nvidia-cuda-runtime nvidia-nvtx)';
}

/** The line of a build's output that says most about why it failed. */
function reason(output) {
  const lines = output.split('\n').map((line) => line.trim());
  const line =
    lines.find((one) => /\berror:|fatal error/.test(one)) ??
    lines.find((one) => /^gyp ERR! stack|not found|No such file/.test(one)) ??
    'unknown';
  return line.slice(0, 160);
}

function sayNative(problem) {
  if (problem === '') return;
  say(`${problem}; traces can be read, not recorded. Log: node_modules/.cache/gapscope-native.log`);
}

function step(what, program, args) {
  const started = performance.now();
  say(`${what} …`);
  const result = run(program, args);
  if (result.ok) say(`${what}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return result;
}

function fail({ output, code }, advice) {
  process.stderr.write(`${output.trimEnd()}\nsetup failed: ${advice}\n`);
  process.exit(code === 0 ? 1 : code);
}

function say(line) {
  if (!quiet) process.stderr.write(`setup: ${line}\n`);
}

function readStamps() {
  if (!existsSync(STAMPS)) return {};
  try {
    return JSON.parse(readFileSync(STAMPS, 'utf8'));
  } catch {
    return {}; // a stamp cut short by Ctrl-C only costs a rebuild
  }
}

function saveStamp(name, value) {
  const all = { ...readStamps(), [name]: value };
  mkdirSync(dirname(STAMPS), { recursive: true });
  writeFileSync(STAMPS, JSON.stringify(all, undefined, 2));
}
