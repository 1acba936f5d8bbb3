// Small files are a rule here: none above 800 lines, and a median of at most 150 (CONTRIBUTING.md).
//   node scripts/check-sizes.mjs [ROOT]
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { filesUnder, ROOT } from './lib.mjs';

const MAX_LINES = 800;
const MAX_MEDIAN = 150;
const FOLDERS = ['src', 'native', 'viewer', 'pipelines', 'scripts', 'test', 'bench'];
const SOURCE = /\.(ts|tsx|mts|mjs|js|css|cc|h|c|py)$/;

const root = resolve(process.argv[2] ?? ROOT);
const files = FOLDERS.flatMap((folder) => filesUnder(root, folder, (name) => SOURCE.test(name)))
  .filter((path) => !path.includes('fixtures/'))
  .map((path) => ({ path, lines: readFileSync(join(root, path), 'utf8').split('\n').length - 1 }));
if (files.length === 0) process.exit(0);

files.sort((a, b) => a.lines - b.lines);
const median = files[Math.floor(files.length / 2)];
const tooLong = files.filter(({ lines }) => lines > MAX_LINES);
for (const { path, lines } of tooLong) {
  console.log(
    `${path}:${MAX_LINES + 1}: ${lines} lines; a file has at most ${MAX_LINES}. Split it by concept.`,
  );
}
if (median.lines > MAX_MEDIAN) {
  console.log(`${median.path}: the median file has ${median.lines} lines; at most ${MAX_MEDIAN}.`);
}
const longest = files[files.length - 1];
console.log(
  `${files.length} files, median ${median.lines} lines, longest ${longest.lines} (${longest.path})`,
);
process.exit(tooLong.length > 0 || median.lines > MAX_MEDIAN ? 1 : 0);
