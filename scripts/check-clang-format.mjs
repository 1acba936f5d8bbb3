// C++ formatting, by the clang-format that npm installs: checks, or with --write corrects.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder, ROOT, run, tool } from './lib.mjs';

const files = filesUnder(ROOT, 'native', (name) => /\.(cc|h|c)$/.test(name));
if (!existsSync(join(ROOT, '.clang-format'))) {
  console.log('no .clang-format: C++ formatting was not checked');
  process.exit(0);
}
/** The binary itself where the package has one for this machine: its wrapper prints stacks around errors. */
function clangFormat() {
  const binary = join(ROOT, 'node_modules', 'clang-format', 'bin', `linux_${process.arch}`, 'clang-format');
  return existsSync(binary) ? binary : tool('clang-format');
}

const mode = process.argv.includes('--write') ? ['-i'] : ['--dry-run', '--Werror'];
const result = run(clangFormat(), [...mode, ...files]);
process.stdout.write(result.output);
console.log(`${files.length} C++ files`);
process.exit(result.ok ? 0 : 1);
