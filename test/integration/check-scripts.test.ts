import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../unit/small-trace.js';
import { REPOSITORY } from './gapscope.js';

/** Runs a check on a tree made of these files. */
function check(script: string, files: Record<string, string>): { code: number | null; output: string } {
  const root = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(REPOSITORY, 'scripts', script), root],
    {
      encoding: 'utf8',
    },
  );
  return { code: status, output: stdout + stderr };
}

const HARMLESS = {
  'src/trace/a.ts': `import { Table } from 'apache-arrow';\nexport const a = Table;\n`,
  'src/cli/main.ts': `const { a } = await import('../trace/a.js');\nexport { a };\n`,
};

test('imports that run down the list pass', () => {
  const { code, output } = check('check-imports.mjs', HARMLESS);
  expect(output).toContain('0 against the order');
  expect(code).toBe(0);
});

test.each([
  [`import { a } from '../cli/main.js';`],
  [`import type { a } from '../cli/main.js';`],
  [`export * from '../cli/main.js';`],
  [`const x = await import('../cli/main.js');`],
  [`let x: import('../cli/main.js').A;`],
])('an import that runs back is named: %s', (line) => {
  const { code, output } = check('check-imports.mjs', {
    ...HARMLESS,
    'src/analysis/b.ts': `// b\n${line}\n`,
  });
  expect(output).toContain('src/analysis/b.ts:2: src/analysis may not import from src/cli');
  expect(code).toBe(1);
});

test('the viewer takes pure folders of src in, and src takes nothing of the viewer', () => {
  const { code, output } = check('check-imports.mjs', {
    ...HARMLESS,
    'viewer/main.ts': `import { a } from '../src/trace/a.js';\nimport '../src/cli/main.js';\n`,
    'src/report/page.ts': `import '../../viewer/main.js';\n`,
  });
  expect(output).toContain('viewer/main.ts:2: the viewer may not import from src/cli (src/cli/main.ts)');
  expect(output).toContain('src/report/page.ts:1: nothing in src/ imports the viewer (viewer/main.ts)');
  expect(output).toContain('2 against the order');
  expect(code).toBe(1);
});

test('the viewer loads nothing that only Node has, by whatever way; a type does not count', () => {
  const { code, output } = check('check-imports.mjs', {
    ...HARMLESS,
    'viewer/main.ts': `const { b } = await import('../src/trace/b.js');\nexport { b };\n`,
    'viewer/vite.config.ts': `import { join } from 'node:path';\nexport { join };\n`,
    'src/trace/b.ts': `import type { Stats } from 'node:fs';\nimport './c.js';\nexport type { Stats };\n`,
    'src/trace/c.ts': `import 'node:zlib';\n`,
  });
  expect(output).toContain(
    'src/trace/c.ts:1: a browser has no node:zlib: viewer/main.ts → src/trace/b.ts → src/trace/c.ts',
  );
  expect(output).toContain('1 against the order');
  expect(code).toBe(1);
});

test('Arrow outside src/trace, an unknown folder, and a heavy start are named', () => {
  const { code, output } = check('check-imports.mjs', {
    ...HARMLESS,
    'src/report/c.ts': `import { Table } from 'apache-arrow';\n`,
    'src/utils/d.ts': `export const d = 1;\n`,
    'src/cli/main.ts': `import { e } from './e.js';\nexport { e };\n`,
    'src/cli/e.ts': `import { z } from 'zod';\nexport const e = z;\n`,
  });
  expect(output).toContain('src/report/c.ts:1: only src/trace imports apache-arrow');
  expect(output).toContain('src/utils/d.ts:1: src/utils is not a folder of the design');
  expect(output).toContain(
    'src/cli/e.ts:1: zod is loaded at the start of every command: src/cli/main.ts → src/cli/e.ts',
  );
  expect(code).toBe(1);
});

test('a file of more than 800 lines is named', () => {
  const { code, output } = check('check-sizes.mjs', {
    'src/trace/a.ts': 'export {};\n',
    'src/trace/b.ts': 'export {};\n',
    'src/trace/long.ts': '//\n'.repeat(801),
  });
  expect(output).toContain('src/trace/long.ts:801: 801 lines');
  expect(code).toBe(1);
});

test('a median above 150 lines is named', () => {
  const { code, output } = check('check-sizes.mjs', { 'src/trace/a.ts': '//\n'.repeat(151) });
  expect(output).toContain('src/trace/a.ts: the median file has 151 lines');
  expect(code).toBe(1);
  expect(check('check-sizes.mjs', { 'src/trace/a.ts': '//\n'.repeat(150) }).code).toBe(0);
});
