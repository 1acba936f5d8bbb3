import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that only this user can look into, and that is gone when this process is, however it ends short of SIGKILL. */
export interface PrivateFolder {
  readonly path: string;
  remove(): void;
}

export async function privateFolder(): Promise<PrivateFolder> {
  // mkdtemp gives 0700.
  const path = await mkdtemp(join(tmpdir(), 'gapscope-view-'));
  const remove = (): void => {
    process.off('exit', remove);
    rmSync(path, { recursive: true, force: true });
  };
  process.on('exit', remove);
  return { path, remove };
}
