import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { embeddable } from '../../../src/export/html.js';

test('a script that holds the end of a script says the same and cannot end its element', () => {
  const script =
    'const a = "</script><!--<SCRIPT>";\r\nconst b = /<\\/script|<!--/.test(a);\n[a, b, 1 <2, "$&"]';
  const safe = embeddable(script);
  expect(safe).not.toMatch(/<\/?script|<!--|\r/i);
  expect(runInNewContext(safe)).toEqual(runInNewContext(script));
});
