// Where the native build put things, and whether it did: without CUDA headers some are legitimately absent.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
// scripts/test-sanitizers.sh has the tests run on builds of its own.
export const instrumented = process.env.GAPSCOPE_BUILD !== undefined;
export const threadSanitizer = instrumented && process.env.TSAN_OPTIONS !== undefined;
const release = process.env.GAPSCOPE_BUILD ?? join(root, 'build', 'Release');

export const built = {
  addon: join(release, 'gapscope.node'),
  library: join(release, 'libgapscope_capture.so'),
  fakeCupti: join(release, 'libfake_cupti.so'),
  harness: join(release, 'harness'),
  nvtxProgram: join(release, 'nvtx_program'),
  arrowWriterTest: join(release, 'arrow_writer_test'),
};

export const haveAddon = existsSync(built.addon);
export const haveArrow = existsSync(built.arrowWriterTest);
export const haveCapture = [built.library, built.fakeCupti, built.harness, built.nvtxProgram].every((path) =>
  existsSync(path),
);

/** A Python that can import pyarrow, or undefined. */
export function pythonWithPyarrow(): string | undefined {
  const candidates = [process.env.GAPSCOPE_PYTHON, join(root, '.venv', 'bin', 'python'), 'python3'];
  return candidates.find((python) => {
    if (python === undefined) return false;
    try {
      execFileSync(python, ['-c', 'import pyarrow'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}
