import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where node-gyp puts what `npm start` builds: two folders above both src/capture and dist/capture. */
function built(file: string): string {
  return fileURLToPath(new URL(`../../build/Release/${file}`, import.meta.url));
}

/** The library that is injected into the profiled program. GAPSCOPE_LIBRARY names another build of it. */
export function captureLibrary(): { path: string; exists: boolean } {
  const path = process.env.GAPSCOPE_LIBRARY ?? built('libgapscope_capture.so');
  return { path, exists: existsSync(path) };
}

export function addonFile(): { path: string; exists: boolean } {
  const path = built('gapscope.node');
  return { path, exists: existsSync(path) };
}

export const BUILD_HINT =
  'build it with `npm run build:native`; it needs a C++ compiler and the CUDA headers (CUDA_HOME, /usr/local/cuda, or pip install nvidia-cuda-cupti nvidia-cuda-runtime nvidia-nvtx)';
