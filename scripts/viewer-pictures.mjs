// The pictures of the viewer in test/browser/pictures: compared with what the viewer draws now, or made anew.
//   node scripts/viewer-pictures.mjs [--write]
// Look at each before committing it. Needs Chromium and a built viewer (npm run setup).
import { spawnSync } from 'node:child_process';
import { ROOT, tool } from './lib.mjs';

const write = process.argv.includes('--write');
const { status } = spawnSync(
  tool('vitest'),
  ['run', '--project', 'browser', 'test/browser/pictures.test.ts'],
  {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, GAPSCOPE_PICTURES: write ? 'write' : 'compare' },
  },
);
process.exit(status ?? 1);
