import { beforeAll, describe, expect, test } from 'vitest';
import { analyzeBlocks } from '../../../src/analysis/blocks.js';
import { CAUSES } from '../../../src/analysis/causes.js';
import { analyzeGaps } from '../../../src/analysis/gaps.js';
import { shortKernelName } from '../../../src/analysis/kernel-name.js';
import { analyzeKv } from '../../../src/analysis/kv.js';
import { launchOfOps } from '../../../src/analysis/launch.js';
import { OP_CLASSES, OpClassifier } from '../../../src/analysis/op-class.js';
import { pathOfOps } from '../../../src/analysis/paths.js';
import { nestRanges } from '../../../src/analysis/ranges.js';
import { analyzeSwitch } from '../../../src/analysis/switch.js';
import type { Trace } from '../../../src/trace/trace.js';
import { createEngine } from '../../../viewer/engine/engine.js';
import type { Engine, EventRef, TraceSummary } from '../../../viewer/engine/protocol.js';
import { GRAPHS, inlineSource, openRecorded, RECORDED } from './open-trace.js';

describe.each([RECORDED, GRAPHS])('the engine on %s', (folder) => {
  let engine: Engine;
  let trace: Trace;
  let summary: TraceSummary;
  const id = (kind: string): string => summary.tracks.find((track) => track.kind === kind)!.id;

  beforeAll(async () => {
    ({ engine, trace } = await openRecorded(folder));
    summary = await engine.ready(0);
  });

  test('tells what is in it', () => {
    expect(summary).toMatchObject({
      ops: trace.ops.length,
      calls: trace.calls.length,
      ranges: trace.ranges.length,
      endNs: trace.endNs,
      processes: 1,
      dropped: 0,
      notices: [],
    });
    const kinds = summary.tracks.map(({ kind }) => kind);
    for (const kind of ['ops', 'gaps', 'projection', 'ranges', 'calls', 'counter']) {
      expect(kinds).toContain(kind);
    }
    const ids = new Set(summary.tracks.map((track) => track.id));
    expect(ids.size).toBe(summary.tracks.length);
    for (const { parent } of summary.tracks) if (parent !== undefined) expect(ids).toContain(parent);
    expect(summary.devices.map(({ track }) => ids.has(track))).toEqual([true]);
    const opEvents = summary.tracks
      .filter(({ kind }) => kind === 'ops')
      .reduce((sum, { events }) => sum + events, 0);
    expect(opEvents).toBe(trace.ops.length);
  });

  test('draws every op, in its place, by its name and class', async () => {
    const classes = new OpClassifier(trace, pathOfOps(trace, launchOfOps(trace), nestRanges(trace)));
    const [from, to] = [trace.endNs * 0.4, trace.endNs * 0.4 + 3e6];
    const frame = await engine.frame({ slot: 0, tracks: [id('ops')], startNs: from, endNs: to, stepNs: 1 });
    const [ops] = frame.tracks;
    const inside = Array.from(trace.ops.startNs.keys()).filter(
      (op) => trace.ops.startNs[op]! < to && trace.ops.startNs[op]! + trace.ops.durationNs[op]! > from,
    );
    const shown = [...ops!.event].toSorted((a, b) => a - b);
    expect(shown).toEqual(inside);
    ops!.event.forEach((op, i) => {
      expect(ops!.startNs[i]).toBe(trace.ops.startNs[op]);
      expect(ops!.endNs[i]).toBe(trace.ops.startNs[op]! + trace.ops.durationNs[op]!);
      expect(ops!.category[i]).toBe(classes.of(op));
      const name = trace.strings[trace.ops.name[op]!]!;
      if (trace.ops.kind[op] === 0) {
        expect(summary.names[ops!.name[i]!]).toBe(name);
        expect(summary.shortNames[ops!.name[i]!]).toBe(shortKernelName(name));
      }
    });
  });

  test('splits idle time as the command does, and each gap into parts that sum to it', async () => {
    const [device] = analyzeGaps(trace).devices;
    const whole = { slot: 0, tracks: [id('gaps')], startNs: 0, endNs: summary.endNs } as const;
    const { byCause, devices } = await engine.aggregate(whole);
    expect(Object.fromEntries(byCause.map(({ label, totalNs }) => [label, totalNs]))).toEqual(
      Object.fromEntries(Object.entries(device!.idleByCause).filter(([, ns]) => ns > 0)),
    );
    expect(devices[0]!.busyNs).toBe(device!.busyNs);
    const ref = (await engine.nearest(0, id('gaps'), summary.endNs * 0.63))!;
    const details = await engine.details(ref);
    expect(details.parts!.reduce((sum, { ns }) => sum + ns, 0)).toBe(details.durationNs);
    const hotspot =
      device!.hotspots[details.hotspot!] ??
      analyzeGaps(trace, { top: Infinity }).devices[0]!.hotspots[details.hotspot!]!;
    const after = details.after!.event;
    expect(trace.ops.startNs[after]).toBe(details.startNs + details.durationNs);
    expect(hotspot.after).toBe(OP_CLASSES[(await everyClass(trace)).of(after)]);
    const examples = await engine.hotspotExamples(0, summary.devices[0]!.track, details.hotspot!, -1, 1);
    expect(examples.total).toBe(hotspot.count);
    const longest = await engine.details(examples.refs[0]!);
    expect([longest.startNs, longest.durationNs]).toEqual([
      hotspot.example.startNs,
      hotspot.example.durationNs,
    ]);
  });

  test('sums up an area as plain loops do', async () => {
    const { window } = analyzeGaps(trace).devices[0]!;
    const [startNs, endNs] = [0.31, 0.47].map((share) => window.startNs + share * window.spanNs) as [
      number,
      number,
    ];
    const area = { slot: 0, tracks: summary.tracks.map((track) => track.id), startNs, endNs } as const;
    const result = await engine.aggregate(area);
    const sums = new Map<string, { count: number; totalNs: number }>();
    let until = startNs;
    let busyNs = 0;
    for (let op = 0; op < trace.ops.length; op++) {
      const [start, end] = [trace.ops.startNs[op]!, trace.ops.startNs[op]! + trace.ops.durationNs[op]!];
      if (start >= endNs || end <= startNs) continue;
      const { title } =
        trace.ops.kind[op] === 0
          ? { title: shortKernelName(trace.strings[trace.ops.name[op]!]!) }
          : await engine.details({ slot: 0, track: id('ops'), event: op });
      const sum = sums.get(title) ?? { count: 0, totalNs: 0 };
      sum.count++;
      sum.totalNs += Math.min(end, endNs) - Math.max(start, startNs);
      sums.set(title, sum);
      busyNs += Math.max(0, Math.min(end, endNs) - Math.max(start, until));
      until = Math.max(until, Math.min(end, endNs));
    }
    expect(result.omitted).toBe(0);
    expect(
      new Map(
        result.byKernel.map(({ label, count, totalNs }) => [label, { count, totalNs: Math.round(totalNs) }]),
      ),
    ).toEqual(
      new Map(
        [...sums].map(([label, { count, totalNs }]) => [label, { count, totalNs: Math.round(totalNs) }]),
      ),
    );
    expect(result.devices[0]!.busyNs).toBeCloseTo(busyNs, 3);
    const total = (rows: readonly { totalNs: number }[]): number =>
      rows.reduce((sum, { totalNs }) => sum + totalNs, 0);
    expect(total(result.byRange)).toBeCloseTo(total(result.byKernel), 2);
    expect(total(result.byCause)).toBeCloseTo(result.devices[0]!.idleNs, 2);
  });

  test('finds by name what a plain filter finds, and cycles through it in order', async () => {
    const found = await engine.search(0, 'GEMM', 100);
    const matching = (text: string): boolean =>
      text.toLowerCase().includes('gemm') || shortKernelName(text).toLowerCase().includes('gemm');
    const ops = Array.from(trace.ops.name, (name) => trace.strings[name]!);
    expect(found.count).toBe(ops.filter(matching).length);
    expect(found.strip.reduce((a, b) => a + b, 0)).toBe(found.count);
    expect(found.count).toBeGreaterThan(10);
    const expected = ops.flatMap((name, op) => (matching(name) ? [op] : []));
    const at = async (n: number): Promise<EventRef | undefined> => engine.match(0, found.filter, n);
    for (const n of [0, 1, 7, found.count - 1]) expect((await at(n))!.event).toBe(expected[n]);
    expect(await at(found.count)).toBeUndefined();
    const third = trace.ops.startNs[expected[3]!]!;
    expect(await engine.matchAt(0, found.filter, third)).toBe(3);
    expect(await engine.matchAt(0, found.filter, third + 1)).toBe(4);
    const frame = await engine.frame({
      slot: 0,
      tracks: [id('ops')],
      startNs: third - 1e5,
      endNs: third + 1e5,
      stepNs: 1,
      filter: found.filter,
    });
    const [shown] = frame.tracks;
    shown!.event.forEach((op, i) => expect(shown!.matches[i]).toBe(matching(ops[op]!) ? 1 : 0));
    const coarse = await engine.frame({
      ...frame.request,
      startNs: 0,
      endNs: summary.endNs,
      stepNs: 2 ** 22,
    });
    const matchesIn = (a: number, b: number): boolean =>
      expected.some((op) => trace.ops.startNs[op]! >= a && trace.ops.startNs[op]! < b);
    coarse.tracks[0]!.matches.forEach((bit, i) => {
      const bucket = Math.floor(coarse.tracks[0]!.startNs[i]! / 2 ** 22) * 2 ** 22;
      expect(bit).toBe(matchesIn(bucket, bucket + 2 ** 22) ? 1 : 0);
    });
    expect((await engine.search(0, '/^nvjet.*TNN$/', 10)).count).toBe(
      ops.filter((name) => /^nvjet.*TNN$/i.test(name) || /^nvjet.*TNN$/i.test(shortKernelName(name))).length,
    );
    expect(await engine.search(0, '/(/', 10)).toMatchObject({
      count: 0,
      problem: expect.stringMatching(/./) as string,
    });
  });

  test('gives the findings of the commands', async () => {
    const findings = await engine.findings(0, summary.devices[0]!.track);
    const device = { device: 0 };
    expect(findings.gaps).toEqual({ result: analyzeGaps(trace, { ...device, top: Infinity }) });
    expect(findings.blocks).toEqual({ result: analyzeBlocks(trace, device) });
    expect(findings.kv).toEqual({ result: analyzeKv(trace, device) });
    expect(findings.switches).toEqual({ result: analyzeSwitch(trace, device) });
    expect(findings.offsetNs).toBe(0);
  });

  test('leads from an op to its launch and back', async () => {
    const op = Math.floor(trace.ops.length * 0.7);
    const details = await engine.details({ slot: 0, track: id('ops'), event: op });
    const call = launchOfOps(trace)[op]!;
    expect(details).toMatchObject({ startNs: trace.ops.startNs[op], durationNs: trace.ops.durationNs[op] });
    expect(details.peers.map(({ ref }) => ref)).toEqual([{ slot: 0, track: id('calls'), event: call }]);
    const back = await engine.details(details.peers[0]!.ref);
    expect(back.durationNs).toBe(trace.calls.durationNs[call]);
    expect(back.peers.some(({ ref }) => ref.event === op) || back.peers.length === 200).toBe(true);
    const around = pathOfOps(trace, launchOfOps(trace), nestRanges(trace));
    expect(details.path.map((name) => name.replaceAll(/\d+/g, '#')).join(' > ')).toBe(
      around.text(around.pathId[op]!),
    );
  });

  test('steps along a track without leaving one out', async () => {
    let ref: EventRef | undefined = await engine.nearest(0, id('projection'), 0);
    const { events } = summary.tracks.find((track) => track.id === id('projection'))!;
    const seen = new Set<number>();
    while (ref !== undefined && seen.size < 500) {
      seen.add(ref.event);
      const next: EventRef | undefined = await engine.neighbour(ref, 1);
      if (next !== undefined) expect((await engine.neighbour(next, -1))!.event).toBe(ref.event);
      ref = next;
    }
    expect([...seen]).toEqual(Array.from({ length: Math.min(500, events) }, (_, i) => i));
  });

  test('lists what is visible, and says how much there is', async () => {
    const [startNs, endNs] = [summary.endNs * 0.5, summary.endNs * 0.5 + 2e6];
    const { rows, total } = await engine.visible({ slot: 0, tracks: [id('ops')], startNs, endNs }, 20);
    const inside = Array.from(trace.ops.startNs.keys()).filter(
      (op) => trace.ops.startNs[op]! < endNs && trace.ops.startNs[op]! + trace.ops.durationNs[op]! > startNs,
    );
    expect(total).toBe(inside.length);
    expect(rows.map(({ ref }) => ref.event)).toEqual(inside.slice(0, 20));
  });

  test('counts ops outstanding exactly', async () => {
    const counter = summary.tracks.find((track) => track.id.endsWith('/outstanding'))!;
    const launch = launchOfOps(trace);
    const outstandingAt = (time: number): number =>
      Array.from(trace.ops.startNs.keys()).filter((op) => {
        const start = trace.ops.startNs[op]!;
        const launched = launch[op]! < 0 ? start : Math.min(start, trace.calls.startNs[launch[op]!]!);
        return launched <= time && start + trace.ops.durationNs[op]! > time;
      }).length;
    const startNs = Math.floor(summary.endNs * 0.6);
    const frame = await engine.frame({
      slot: 0,
      tracks: [counter.id],
      startNs,
      endNs: startNs + 60_000,
      stepNs: 1,
    });
    const [line] = frame.counters;
    expect(line!.count).toBeGreaterThan(1);
    for (let i = 0; i < line!.count; i++) expect(line!.last[i]).toBe(outstandingAt(line!.startNs[i]!));
  });
});

async function everyClass(trace: Trace): Promise<OpClassifier> {
  return Promise.resolve(new OpClassifier(trace, pathOfOps(trace, launchOfOps(trace), nestRanges(trace))));
}

test('tracks keep their names and places while the rest is worked out', async () => {
  const engine = createEngine();
  const named = ({ tracks }: TraceSummary): string[] =>
    tracks.map(({ id, parent, label, detail }) => [id, parent, label, detail].join(' | '));
  const first = named(await engine.open(inlineSource(RECORDED), 0, () => undefined));
  const whole = named(await engine.ready(0));
  expect(first.length).toBeGreaterThan(0);
  expect(whole.filter((track) => first.includes(track))).toEqual(first);
});

describe('two traces', () => {
  test('are compared by sums that are exact, and aligned at a range', async () => {
    const { engine, trace: base } = await openRecorded(RECORDED);
    await engine.open(inlineSource(GRAPHS, 'two.trace'), 1, () => undefined);
    const other = await openRecorded(GRAPHS);
    const result = await engine.compare(undefined);
    const sum = (rows: typeof result.byKernel, key: 'baseNs' | 'candidateNs'): number =>
      rows.reduce((all, row) => all + row[key], 0);
    const opNs = ({ ops }: Trace): number => ops.durationNs.reduce((all, ns) => all + Math.max(0, ns), 0);
    for (const rows of [result.byKernel, result.byTemplate]) {
      expect(sum(rows, 'baseNs')).toBe(opNs(base));
      expect(sum(rows, 'candidateNs')).toBe(opNs(other.trace));
    }
    expect(sum(result.byCause, 'baseNs')).toBe(analyzeGaps(base).devices[0]!.idleNs);
    expect(result.byCause.every(({ label }) => (CAUSES as readonly string[]).includes(label))).toBe(true);
    const [one] = await engine.rangeInstances(0, 'temporal_block_3', 5);
    const [two] = await engine.rangeInstances(1, 'temporal_block:3', 5);
    await engine.align(one!.ref, two!.ref);
    const moved = await engine.details(two!.ref);
    expect(moved.startNs).toBe(one!.startNs);
    expect((await engine.overview(1, 10)).startNs).toBe(one!.startNs - two!.startNs);
    expect(await engine.align(undefined, undefined)).toBe(0);
    expect((await engine.details(two!.ref)).startNs).toBe(two!.startNs);
  });
});
