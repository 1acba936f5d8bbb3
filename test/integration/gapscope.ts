import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line as its own process. */
export function gapscope(args: readonly string[], env: Record<string, string> = {}): Ran {
  const clean = { ...process.env, ...env };
  if (env.FORCE_COLOR === undefined) delete clean.FORCE_COLOR;
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    encoding: 'utf8',
    env: clean,
  });
  return { code: status, stdout, stderr };
}
