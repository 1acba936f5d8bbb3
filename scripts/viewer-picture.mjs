// Draws the picture of the timeline in the README: docs/images/viewer.png, from a committed trace.
//   node scripts/viewer-picture.mjs          (needs Chromium; CHROMIUM names it)
// Fonts differ between machines, so nothing can check it byte by byte: run it after changing how the viewer looks.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { ROOT } from './lib.mjs';

const VIEW = 'v1&t=900000000,1330000000&side=blocks';
const TRACE = join(ROOT, 'traces', 'small-eager.trace');
const OUT = join(ROOT, 'docs', 'images', 'viewer.png');

const server = spawn(
  process.execPath,
  [join(ROOT, 'dist', 'cli', 'main.js'), 'view', TRACE, '--no-open', '--json'],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
try {
  const { url } = JSON.parse(await firstObject(server.stdout));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'],
  });
  const page = await browser.newPage({ viewport: { width: 1360, height: 640 }, colorScheme: 'light' });
  await page.goto(`${url}#${VIEW}`);
  await page.getByRole('cell', { name: 'temporal_block_9' }).waitFor();
  await page.waitForTimeout(1000);
  mkdirSync(join(ROOT, 'docs', 'images'), { recursive: true });
  await page.screenshot({ path: OUT });
  await browser.close();
  console.log(OUT);
} finally {
  server.kill('SIGINT');
}

/** `view --json` prints one object and goes on serving. */
async function firstObject(stream) {
  let text = '';
  for await (const chunk of stream) {
    text += chunk;
    if (text.trimEnd().endsWith('}')) return text;
  }
  throw new Error(`no address: ${text}`);
}
