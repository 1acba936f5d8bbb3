import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { REPOSITORY } from '../integration/gapscope.js';

const SOURCE = readFileSync(join(REPOSITORY, 'node_modules', 'axe-core', 'axe.min.js'), 'utf8');

/** What axe finds wrong with a page as it stands: rule, and what it is about. */
export async function violations(page: Page): Promise<string[]> {
  // Not as a script element: the page's policy would refuse it.
  await page.evaluate(SOURCE);
  return page.evaluate(
    `axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) =>
      id + ': ' + nodes.map(({ target, any }) => target.join(' ') + ' ' + any.map(({ message }) => message).join(' ')).join(' | ')))`,
  );
}
