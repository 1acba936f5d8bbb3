// What the scripts share. Only Node's own modules: these run before anything has been installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** All files under a folder whose name passes, as paths relative to `root`, sorted. */
export function filesUnder(root, folder, accept = () => true) {
  const found = [];
  const start = join(root, folder);
  if (!existsSync(start)) return found;
  if (statSync(start).isFile()) return [folder];
  for (const entry of readdirSync(start, { withFileTypes: true })) {
    const path = join(start, entry.name);
    if (entry.isDirectory()) {
      if (entry.name === 'node_modules' || entry.name === '__pycache__') continue;
      found.push(...filesUnder(root, relative(root, path), accept));
    } else if (accept(entry.name)) {
      found.push(relative(root, path));
    }
  }
  return found.sort();
}

/** Hash of the contents of files and folders, and of anything else a build depends on. */
export function fingerprint(paths, extra = '') {
  const hash = createHash('sha256').update(extra);
  for (const path of paths.flatMap((one) => filesUnder(ROOT, one))) {
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(ROOT, path)));
  }
  return hash.digest('hex');
}

/** Runs a program; returns its exit code and what it printed. */
export function run(program, args, { show = false, env = {}, cwd = ROOT } = {}) {
  const result = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 256 * 1024 * 1024,
    stdio: show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
  });
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`;
  return { ok: result.status === 0, code: result.status ?? 1, output };
}

/** Path of a program that npm installed. */
export function tool(name) {
  return join(ROOT, 'node_modules', '.bin', name);
}

/** The Python that tests and pipelines run with. */
export function findPython() {
  const candidates = [process.env.GAPSCOPE_PYTHON, join(ROOT, '.venv', 'bin', 'python'), 'python3'];
  return candidates.find((one) => one !== undefined && one !== '' && run(one, ['--version']).ok);
}

/** Whether that Python can import all of these. */
export function pythonHas(python, modules) {
  return python !== undefined && run(python, ['-c', `import ${modules.join(', ')}`]).ok;
}
