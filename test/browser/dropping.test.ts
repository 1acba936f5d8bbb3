import { copyFileSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writePack } from '../../src/export/pack.js';
import { readPageFiles } from '../../src/server/page-files.js';
import { serve, type Serving } from '../../src/server/server.js';
import { formatExact } from '../../src/report/units.js';
import { readTrace } from '../../src/trace/read-trace.js';
import { gapscope } from '../integration/gapscope.js';
import { temporaryFolder, writeSmallTrace } from '../unit/small-trace.js';
import { missing, titled } from './chromium.js';
import { folderOf } from './served.js';
import { Viewer } from './viewer.js';

describe.skipIf(missing() !== undefined)(titled('files dropped on the page'), () => {
  let serving: Serving;
  beforeAll(async () => {
    serving = await serve({ page: await readPageFiles(), traces: [], port: 0 });
  });
  afterAll(() => serving?.close());

  const start = (): Promise<Viewer> => Viewer.open(serving.url, { bare: true });

  /** Lets files fall on the page, as from the desktop. */
  async function drop(viewer: Viewer, paths: readonly string[]): Promise<void> {
    await viewer.page.getByRole('heading', { name: 'Drop a trace here' }).waitFor();
    const files = paths.map((path) => ({
      name: basename(path),
      text: readFileSync(path).toString('base64'),
    }));
    await viewer.page.evaluate((files) => {
      const dataTransfer = new DataTransfer();
      for (const { name, text } of files) {
        const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
        dataTransfer.items.add(new File([bytes], name));
      }
      for (const type of ['dragenter', 'dragover', 'drop']) {
        document.body.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }));
      }
    }, files);
  }

  test('a trace’s tables, one of them cut: drawn as far as it goes, and the header says so', async () => {
    const folder = join(temporaryFolder(), 'cut.trace');
    mkdirSync(folder);
    for (const name of readdirSync(folderOf('small-eager'))) {
      if (name.includes('.arrows')) copyFileSync(join(folderOf('small-eager'), name), join(folder, name));
    }
    const ops = join(folder, 'ops.arrows.gz');
    truncateSync(ops, Math.floor(readFileSync(ops).length / 2));
    const trace = await readTrace(folder);
    const viewer = await start();
    await drop(
      viewer,
      readdirSync(folder).map((name) => join(folder, name)),
    );
    await viewer.ready();
    const header = await viewer.text('header.header');
    expect(trace.ops.length).toBeGreaterThan(1000);
    expect(header).toContain(`${formatExact(trace.ops.length)} ops`);
    expect(header).toMatch(/\d+ notices?/);
    await viewer.page.locator('.chip').click();
    await expect.poll(() => viewer.text('.popover:popover-open')).toContain('ops');
    await viewer.close();
  });

  test('a packed trace', async () => {
    const file = join(temporaryFolder(), 'packed.trace.tar');
    await writePack(folderOf('small-graphs'), file);
    const trace = await readTrace(folderOf('small-graphs'));
    const viewer = await start();
    await drop(viewer, [file]);
    await viewer.ready();
    const header = await viewer.text('header.header');
    expect(header).toContain('packed');
    expect(header).toContain(`${formatExact(trace.ops.length)} ops`);
    await viewer.close();
  });

  test('a PyTorch or Chrome JSON', async () => {
    const folder = temporaryFolder();
    const trace = await writeSmallTrace({}, {}, join(folder, 'small.trace'));
    const file = join(folder, 'small.json');
    const made = gapscope(['export', trace, '--perfetto', file]);
    expect(made.code, made.stderr).toBe(0);
    const viewer = await start();
    await drop(viewer, [file]);
    await viewer.ready();
    expect(await viewer.text('header.header')).toContain('8 ops');
    await viewer.close();
  });

  test('nonsense is told of, and the page goes on as before', async () => {
    const folder = temporaryFolder();
    const viewer = await start();
    for (const [name, content, said] of [
      ['holiday.jpg', Buffer.from([0xff, 0xd8, 0xff, 0xe0]), 'not a trace that can be opened'],
      ['empty.json', Buffer.alloc(0), 'could not be opened'],
      [
        'other.json',
        Buffer.from('{"hello": [1, 2, {"x": "<img src=x onerror=alert(1)>"}]}'),
        'could not be opened',
      ],
      [
        'cut.json',
        Buffer.from('{"traceEvents": [{"ph": "X", "name": "a", "ts": 1, "du'),
        'could not be opened',
      ],
      ['nsys.sqlite', Buffer.from('SQLite format 3\0 and more'), 'gapscope view nsys.sqlite'],
      ['random.arrows', Buffer.from('ARROW1 no more than that'), 'could not be opened'],
      [
        'bomb.tar',
        Buffer.concat([Buffer.from('x'.repeat(257) + 'ustar'), Buffer.alloc(2000, 255)]),
        'could not be opened',
      ],
    ] as const) {
      const file = join(folder, name);
      writeFileSync(file, content);
      await drop(viewer, [file]);
      const dialog = viewer.page.locator('dialog[open]');
      await dialog.waitFor();
      await expect
        .poll(async () => (await dialog.innerText()).replace(/\s+/g, ' '), { message: name })
        .toContain(said);
      expect(await dialog.locator('img').count()).toBe(0);
      await viewer.page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    }
    // And then one that is.
    const trace = await writeSmallTrace({}, {}, join(folder, 'small.trace'));
    await drop(
      viewer,
      readdirSync(trace).map((name) => join(trace, name)),
    );
    await viewer.ready();
    expect(await viewer.text('header.header')).toContain('8 ops');
    await viewer.close();
  });

  test('too big says “too big”, and what to do', async () => {
    const file = join(temporaryFolder(), 'ops.arrows');
    writeFileSync(file, '');
    // A hole, which takes no room on the disk.
    truncateSync(file, 40e9);
    const viewer = await start();
    await viewer.page.getByRole('heading', { name: 'Drop a trace here' }).waitFor();
    const session = await viewer.page.context().newCDPSession(viewer.page);
    const { root } = await session.send('DOM.getDocument');
    const { nodeId } = await session.send('DOM.querySelector', {
      nodeId: root.nodeId,
      selector: 'input[type=file]',
    });
    await session.send('DOM.setFileInputFiles', { nodeId, files: [file] });
    const dialog = viewer.page.locator('dialog[open]');
    await dialog.waitFor();
    expect(await dialog.innerText()).toMatch(/too big[\s\S]*gapscope gaps[\s\S]*capture/);
    await viewer.close();
  });

  test('onto an open trace: asks whether to compare, and does', async () => {
    const folder = temporaryFolder();
    const trace = await writeSmallTrace({}, {}, join(folder, 'small.trace'));
    const viewer = await start();
    const paths = readdirSync(trace).map((name) => join(trace, name));
    await drop(viewer, paths);
    await viewer.ready();
    await viewer.page.locator('input[type=file]').setInputFiles(paths);
    await viewer.page.getByRole('button', { name: 'Compare', exact: true }).click();
    await viewer.label('#candidate').waitFor();
    await viewer.close();
  });
});
