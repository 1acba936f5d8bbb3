import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeSmallTrace } from '../unit/small-trace.js';
import { REPOSITORY } from './gapscope.js';

const venv = join(REPOSITORY, '.venv', 'bin', 'python');
const python = process.env.GAPSCOPE_PYTHON ?? (existsSync(venv) ? venv : 'python3');
const hasPyarrow = spawnSync(python, ['-c', 'import pyarrow']).status === 0;

const SCRIPT = `
import sys, pathlib, pyarrow as pa
for path in sorted(pathlib.Path(sys.argv[1]).glob('*.arrows')):
    reader = pa.ipc.open_stream(path.read_bytes())
    table = reader.read_all()
    table.validate(full=True)
    print(path.stem, table.num_rows, reader.schema.metadata[b'gapscope.table'].decode())
`;

test.skipIf(!hasPyarrow)('pyarrow reads what writeTrace writes (needs pyarrow)', async () => {
  const folder = await writeSmallTrace({}, { batchRows: 3 });
  const { stdout, stderr } = spawnSync(python, ['-c', SCRIPT, folder], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toContain('ops 8 ops');
  expect(stdout).toContain('strings 6 strings');
});
