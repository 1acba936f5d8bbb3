import { expect, it } from 'vitest';
import { keepNotices, keptNotices } from '../../../src/trace/kept-notices.js';

it('come back as they were; what is no notice is no error', () => {
  const notices = [
    { table: 'ops', message: 'left out', count: 3 },
    { table: 'profiler', message: '"quoted" \u2028' },
  ];
  const status = new Map([
    ['exit', 'clean'],
    ...keepNotices(notices),
    ['notice.8', '{"table": 1, "message": "x"}'],
    ['notice.9', '{'],
    ['notice.10', 'null'],
  ]);
  expect(keptNotices(status)).toEqual(notices);
});
