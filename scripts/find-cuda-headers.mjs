// Prints the folder that holds CUPTI's, CUDA's and NVTX's headers, or nothing. Headers are all that the capture library
// needs of CUDA to be built; the libraries themselves are found when it runs. Used by binding.gyp and the tests.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// cuptiSubscribe_v2, which names the profiler that is in our way, came with CUDA 13.0.
const OLDEST = 130000;
const NEEDED = ['cupti.h', 'cuda.h', 'nvtx3/nvToolsExt.h'];

function sitePackages() {
  const folders = [];
  for (const root of [
    process.env.VIRTUAL_ENV,
    process.env.CONDA_PREFIX,
    join(import.meta.dirname, '..', '.venv'),
  ]) {
    const lib = root && join(root, 'lib');
    if (!lib || !existsSync(lib)) continue;
    for (const name of readdirSync(lib))
      if (name.startsWith('python3')) folders.push(join(lib, name, 'site-packages'));
  }
  try {
    const script = 'import site,sys; print("\\n".join(site.getsitepackages()+[site.getusersitepackages()]))';
    folders.push(
      ...execFileSync('python3', ['-c', script], { encoding: 'utf8', stdio: 'pipe' }).trim().split('\n'),
    );
  } catch {
    // No python3: then there is no wheel of its either.
  }
  return folders;
}

function candidates() {
  const roots = [process.env.CUDA_HOME, process.env.CUDA_PATH, '/usr/local/cuda'].filter(Boolean);
  const versioned = existsSync('/usr/local')
    ? readdirSync('/usr/local').filter((name) => name.startsWith('cuda-'))
    : [];
  roots.push(
    ...versioned
      .sort()
      .reverse()
      .map((name) => join('/usr/local', name)),
  );
  const folders = roots.flatMap((root) => [join(root, 'include'), join(root, 'extras', 'CUPTI', 'include')]);
  // The pip wheels of CUDA 13 (nvidia-cuda-cupti, nvidia-cuda-runtime, nvidia-nvtx) share one folder.
  return [...folders, ...sitePackages().map((folder) => join(folder, 'nvidia', 'cu13', 'include'))];
}

function version(folder) {
  const text = readFileSync(join(folder, 'cupti_version.h'), 'utf8');
  return Number(/#define CUPTI_API_VERSION (\d+)/.exec(text)?.[1] ?? 0);
}

const refused = [];
for (const folder of candidates()) {
  if (!existsSync(join(folder, 'cupti.h'))) continue;
  const missing = NEEDED.filter((name) => !existsSync(join(folder, name)));
  if (missing.length > 0) {
    refused.push(`${folder} lacks ${missing.join(', ')}`);
  } else if (version(folder) < OLDEST) {
    refused.push(`${folder} is CUPTI ${version(folder)}, older than ${OLDEST}`);
  } else {
    process.stdout.write(folder);
    process.exit(0);
  }
}
const why = refused.length > 0 ? ` (${refused.join('; ')})` : '';
process.stderr.write(
  `gapscope: no CUDA 13 headers found${why}: the capture library is skipped, everything else is built. ` +
    'To have it, set CUDA_HOME, or pip install nvidia-cuda-cupti nvidia-cuda-runtime nvidia-nvtx.\n',
);
