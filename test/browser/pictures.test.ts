import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';
import { describe, expect, inject, test } from 'vitest';
import { readPageFiles } from '../../src/server/page-files.js';
import { serve } from '../../src/server/server.js';
import { REPOSITORY } from '../integration/gapscope.js';
import { missing } from './chromium.js';
import { recorded } from './served.js';
import { SHOTS, type Shot } from './shots.js';
import { Viewer } from './viewer.js';

// `node scripts/viewer-pictures.mjs --write` runs this file to make the pictures anew.
const WRITE = process.env.GAPSCOPE_PICTURES === 'write';
const FOLDER = join(REPOSITORY, 'test', 'browser', 'pictures');
/** Where what differs is put, to be looked at. */
const DIFFERENCES = join(REPOSITORY, 'node_modules', '.cache', 'gapscope-pictures');
const MADE_WITH = join(FOLDER, 'made-with.json');
/** Share of pixels that may differ: the edge of a letter, not a letter. */
const TOLERANCE = 0.0005;

const found = missing() === undefined ? await fingerprint() : undefined;
const reason = missing() ?? (WRITE ? undefined : otherThan(found!));

describe.skipIf(reason !== undefined)(
  `pictures of the viewer${reason === undefined ? '' : ` (${reason})`}`,
  () => {
    if (WRITE) {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(MADE_WITH, `${JSON.stringify(found, undefined, 2)}\n`);
    }
    test.each(SHOTS.map((shot) => [shot.name, shot] as const))('%s', async (name, shot) => {
      const file = join(FOLDER, `${name}.png`);
      const taken = PNG.sync.read(await take(shot));
      if (WRITE) return writeFileSync(file, PNG.sync.write(taken, { deflateLevel: 9 }));
      expect(existsSync(file), `${file} is there: node scripts/viewer-pictures.mjs --write makes it`).toBe(
        true,
      );
      const kept = PNG.sync.read(readFileSync(file));
      expect([taken.width, taken.height]).toEqual([kept.width, kept.height]);
      const difference = new PNG({ width: kept.width, height: kept.height });
      const { data } = difference;
      const pixels = pixelmatch(kept.data, taken.data, data, kept.width, kept.height, { threshold: 0.15 });
      const share = pixels / (kept.width * kept.height);
      if (share > TOLERANCE) {
        mkdirSync(DIFFERENCES, { recursive: true });
        writeFileSync(join(DIFFERENCES, `${name}.png`), PNG.sync.write(taken));
        writeFileSync(join(DIFFERENCES, `${name}.difference.png`), PNG.sync.write(difference));
      }
      expect(share, `share of pixels that differ; see ${DIFFERENCES}`).toBeLessThanOrEqual(TOLERANCE);
    });
  },
);

async function take({ traces, state, context, until, act }: Shot): Promise<Buffer> {
  const empty =
    traces.length > 0 ? undefined : await serve({ page: await readPageFiles(), traces: [], port: 0 });
  const url = empty?.url ?? (await recorded(...traces));
  const options = { ...context, bare: empty !== undefined, ...(state === undefined ? {} : { state }) };
  const viewer = await Viewer.open(url, options);
  if (empty !== undefined) await viewer.page.getByRole('heading', { name: 'Drop a trace here' }).waitFor();
  if (until !== undefined) await viewer.page.locator(until).first().waitFor();
  await act?.(viewer);
  if (empty === undefined) await viewer.settled();
  const picture = await viewer.page.screenshot({ animations: 'disabled', caret: 'hide' });
  await viewer.close();
  await empty?.close();
  return picture;
}

interface MadeWith {
  readonly chromium: string;
  readonly platform: string;
  /** Of some letters in the fonts of the page, as they come out here. */
  readonly letters: string;
}

/** What decides how letters look. */
async function fingerprint(): Promise<MadeWith> {
  const browser = await chromium.connect(inject('chromium'));
  const page = await browser.newPage({ viewport: { width: 500, height: 120 } });
  await page.setContent(
    `<p style="font: 13px system-ui">Quick wafting zephyrs µs → 0123</p><p style="font: 12px ui-monospace, monospace">vex bold Jim ‹›</p>`,
  );
  const letters = createHash('sha256')
    .update(PNG.sync.read(await page.screenshot()).data)
    .digest('hex')
    .slice(0, 16);
  const made = { chromium: browser.version(), platform: `${process.platform} ${process.arch}`, letters };
  await browser.close();
  return made;
}

/** Why the kept pictures say nothing here; undefined if they do. */
function otherThan(here: MadeWith): string | undefined {
  if (!existsSync(MADE_WITH)) return 'there are none yet: node scripts/viewer-pictures.mjs --write';
  const kept = JSON.parse(readFileSync(MADE_WITH, 'utf8')) as MadeWith;
  if (kept.chromium !== here.chromium) return `made with Chromium ${kept.chromium}, this is ${here.chromium}`;
  if (kept.platform !== here.platform) return `made on ${kept.platform}, this is ${here.platform}`;
  return kept.letters === here.letters ? undefined : 'made with other fonts than this machine has';
}
