/** Events of Chromium's own record in which script of the page runs on its main thread. */
const SCRIPT = new Set([
  'FireAnimationFrame',
  'FunctionCall',
  'EvaluateScript',
  'RunMicrotasks',
  'EventDispatch',
  'TimerFire',
  'HandlePostMessage',
  'v8.callFunction',
  'MinorGC',
  'MajorGC',
]);

/**
 * Milliseconds of script on the main thread in each frame of the browser while something is done: everything, from the
 * frame's own callback to messages of the worker, listeners and garbage collection. Frames without any are left out.
 * `wall` is by the clock, in which other processes may have had the core; `cpu` is the thread's own time (by the clock
 * where Chromium did not record it).
 */
export async function frameScriptMs(browser, page, act) {
  await browser.startTracing(page, {
    categories: [
      '-*',
      'devtools.timeline',
      'disabled-by-default-devtools.timeline',
      'v8',
      'blink.user_timing',
      '__metadata',
    ],
  });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const main = mainThread(traceEvents);
  const onMain = traceEvents.filter(({ pid, tid }) => pid === main.pid && tid === main.tid);
  // A picture begins with the callback that draws it; what came since the one before belongs to that one.
  const frames = onMain
    .filter(({ name }) => name === 'FireAnimationFrame')
    .map(({ ts }) => ts)
    .sort((a, b) => a - b);
  const script = onMain
    .filter(({ name, ph, dur }) => ph === 'X' && dur > 0 && SCRIPT.has(name))
    .map(({ ts, dur, tdur }) => ({ from: ts, to: ts + dur, cpu: tdur }))
    .sort((a, b) => a.from - b.from || b.to - a.to);
  const sums = new Float64Array(frames.length);
  const cpu = new Float64Array(frames.length);
  let until = -Infinity;
  let frame = 0;
  for (const one of script) {
    const { from, to } = one;
    const start = Math.max(from, until);
    if (to <= start) continue; // within one that is counted
    until = to;
    while (frame + 1 < frames.length && frames[frame + 1] <= start) frame++;
    if (frames.length > 0 && start >= frames[0]) {
      sums[frame] += (to - start) / 1000;
      cpu[frame] += Math.min(to - start, one.cpu ?? Infinity) / 1000;
    }
  }
  const drawn = [...sums.keys()].filter((k) => sums[k] > 0);
  return { wall: drawn.map((k) => sums[k]), cpu: drawn.map((k) => cpu[k]) };
}

/** The main thread of the process in which most animation frames fired. */
function mainThread(events) {
  const counts = new Map();
  for (const { name, pid, tid } of events) {
    if (name !== 'FireAnimationFrame') continue;
    const key = `${pid}/${tid}`;
    counts.set(key, { pid, tid, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  const [most] = [...counts.values()].sort((a, b) => b.count - a.count);
  if (most === undefined) throw new Error('nothing was drawn while it was recorded');
  return most;
}
