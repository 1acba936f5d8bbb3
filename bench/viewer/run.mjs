// How long the viewer takes to its first picture, how long its pictures take, and how much memory, in headless Chromium.
//   node bench/viewer/run.mjs TRACE… [--runs 5]
// Prints one row of Markdown a trace for docs/benchmarks.md. Long traces: python -m bench.tile_trace.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { frameScriptMs } from './frame-script.mjs';
import { followPath } from './path.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CHROMIUM = process.env.GAPSCOPE_CHROMIUM ?? '/usr/bin/chromium';
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  // Memory is measured when it is asked for, not at some later garbage collection.
  '--enable-blink-features=ForceEagerMeasureMemory',
];

const { traces, runs } = argumentsOf(process.argv.slice(2));
console.error(`load ${loadavg().map((one) => one.toFixed(1)).join(' ')}`);
console.log('| trace | ops | first picture, s | after the last byte, s | the bytes alone, s | all worked out, s | pictures | script a picture, ms: median, p95, most | the same, of CPU | drawing alone | over 16 ms, by clock and by CPU | memory, MB: measured, peak resident |');
console.log('|---|---|---|---|---|---|---|---|---|---|---|---|');
for (const trace of traces) {
  const found = [];
  for (let k = 0; k < runs; k++) {
    const one = await measure(trace);
    console.error(JSON.stringify({ trace: basename(trace), ...one, script: undefined, draw: undefined }));
    found.push(one);
  }
  const middle = (pick) => median(found.map(pick));
  const spread = (pick) => `${middle(pick).toFixed(2)} (${Math.min(...found.map(pick)).toFixed(2)} to ${Math.max(...found.map(pick)).toFixed(2)})`;
  const script = found.flatMap((one) => one.script.wall);
  const cpu = found.flatMap((one) => one.script.cpu);
  const draw = found.flatMap((one) => one.draw);
  console.log(
    `| ${basename(trace)} | ${found[0].ops.toLocaleString('en-US')} | ${spread((one) => one.firstS)} | ${spread((one) => one.firstS - one.arrivedS)} | ${middle((one) => one.bytesS).toFixed(2)} ` +
      `| ${middle((one) => one.readyS).toFixed(2)} | ${script.length} | ${three(script)} | ${three(cpu)} | ${three(draw)} | ${script.filter((ms) => ms > 16).length}, ${cpu.filter((ms) => ms > 16).length} ` +
      `| ${middle((one) => one.measuredMb).toFixed(0)}, ${middle((one) => one.residentMb).toFixed(0)} |`,
  );
}
console.error(`load ${loadavg().map((one) => one.toFixed(1)).join(' ')}`);

/** One page from its start to the end of the path, in a browser of its own. */
async function measure(trace) {
  const server = spawn(process.execPath, [join(ROOT, 'dist/cli/main.js'), 'view', trace, '--no-open', '--quiet']);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  try {
    const url = await addressOf(server);
    const bytesS = await fetchAlone(browser, url);
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(180_000);
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    const firstMs = page.waitForFunction(() => {
      const { bench } = globalThis;
      return bench?.desk.summary(0) !== undefined && bench.timeline.settled ? performance.now() : false;
    });
    await page.goto(`${url}?bench`);
    const firstS = (await (await firstMs).jsonValue()) / 1000;
    const arrivedS = await lastByteS(page);
    const readyMs = await page.waitForFunction(() => (globalThis.bench.desk.isReady(0) ? performance.now() : false), undefined, { polling: 50 });
    const readyS = (await readyMs.jsonValue()) / 1000;
    const { ops, timings } = await page.evaluate(() => {
      const { ops, timings } = globalThis.bench.desk.summary(0);
      return { ops, timings };
    });
    await page.waitForFunction(() => globalThis.bench.timeline.settled);
    // Findings that the panel asks for are worked out at the same time as the first pictures of a user; not here.
    await page.locator('#panel-idle table').waitFor();
    const before = await page.evaluate(() => globalThis.bench.timeline.frameTimes().length);
    const script = await frameScriptMs(browser, page, () => followPath(page));
    const draw = await page.evaluate((before) => globalThis.bench.timeline.frameTimes().slice(before), before);
    const measured = await page.evaluate(() => performance.measureUserAgentSpecificMemory());
    const residentMb = await peakResidentMb(browser);
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
    return { ops, firstS, arrivedS, bytesS, readyS, timings, script, draw, measuredMb: measured.bytes / 1e6, residentMb };
  } finally {
    await browser.close();
    server.kill('SIGINT');
  }
}

/** When the last byte of the trace was there: the engine is who fetches. Seconds since the page's own start. */
async function lastByteS(page) {
  const pageOrigin = await page.evaluate(() => performance.timeOrigin);
  const lastMs = await page.workers()[0].evaluate(() => {
    const ends = performance.getEntriesByType('resource').filter(({ name }) => name.includes('/api/')).map(({ responseEnd }) => responseEnd);
    return performance.timeOrigin + Math.max(...ends);
  });
  return (lastMs - pageOrigin) / 1000;
}

async function addressOf(server) {
  let text = '';
  for await (const data of server.stdout) {
    text += String(data);
    const url = /http:\/\/\S+/.exec(text)?.[0];
    if (url !== undefined) return url;
  }
  throw new Error('the server did not start');
}

/** Seconds to fetch the same bytes in the same browser and look at none of them. */
async function fetchAlone(browser, url) {
  const page = await browser.newPage();
  // A page of the same origin that has no script of its own.
  await page.goto(new URL('/', url).href);
  const seconds = await page.evaluate(async (token) => {
    const headers = { 'x-gapscope-token': token };
    const list = await (await fetch('/api/0/files.json', { headers })).json();
    const started = performance.now();
    await Promise.all(
      list.processes.flatMap(({ files }) => files).map(async (file) => {
        const response = await fetch(`/api/0/${file.url}`, { headers });
        const reader = response.body.getReader();
        for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read());
      }),
    );
    return (performance.now() - started) / 1000;
  }, new URL(url).pathname.split('/')[1]);
  await page.close();
  return seconds;
}

/** Of the process that has the page and its worker. */
async function peakResidentMb(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const peaks = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0));
  return Math.max(...peaks) / 1000;
}

function argumentsOf(words) {
  const at = words.indexOf('--runs');
  const runs = at < 0 ? 5 : Number(words[at + 1]);
  const traces = words.filter((_, k) => at < 0 || (k !== at && k !== at + 1));
  if (traces.length === 0 || !(runs >= 1)) {
    console.error('usage: node bench/viewer/run.mjs TRACE… [--runs 5]');
    process.exit(1);
  }
  return { traces, runs };
}

function median(values) {
  return quantile(values, 0.5);
}

/** Nearest rank. */
function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

function three(values) {
  return [0.5, 0.95, 1].map((share) => quantile(values, share).toFixed(1)).join(', ');
}
