import { describe, expect, test } from 'vitest';
import { readTrace } from '../../src/trace/read-trace.js';
import { formatExact } from '../../src/report/units.js';
import { missing, titled } from './chromium.js';
import { folderOf, recorded } from './served.js';
import { Viewer } from './viewer.js';

describe.skipIf(missing() !== undefined)(titled('opening a recorded trace'), () => {
  test.each(['full-eager', 'full-batch2', 'small-eager', 'small-graphs'])('%s', async (name) => {
    const [trace, viewer] = await Promise.all([
      readTrace(folderOf(name)),
      recorded(name).then((url) => Viewer.open(url)),
    ]);
    const header = await viewer.text('header.header');
    expect(header).toContain(`${name}.trace`);
    expect(header).toContain(`${formatExact(trace.ops.length)} ops`);
    expect(header).toContain(`${formatExact(trace.calls.length)} calls`);
    await viewer.close();
  });
});
