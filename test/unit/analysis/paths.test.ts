import { describe, expect, it } from 'vitest';
import { launchOfOps } from '../../../src/analysis/launch.js';
import { pathOfOps } from '../../../src/analysis/paths.js';
import { underLaunch } from '../../../src/analysis/path-trie.js';
import { nestRanges } from '../../../src/analysis/ranges.js';
import { templateOf } from '../../../src/analysis/template.js';
import { buildTrace, type TraceRows } from './build-trace.js';

function pathsOf(rows: TraceRows) {
  const trace = buildTrace(rows);
  const paths = pathOfOps(trace, launchOfOps(trace), nestRanges(trace));
  return { texts: Array.from(paths.pathId, paths.text), coverage: paths.graphOps };
}

describe('templates', () => {
  it.each([
    ['layer:12', 'layer:#'],
    ['temporal_block_3', 'temporal_block_#'],
    ['step 4 of 50', 'step # of #'],
    ['tensor@0x7f3a00ffbeef', 'tensor@#'],
    ['request 123e4567-e89b-12d3-a456-426614174000', 'request #'],
    ['rope', 'rope'],
  ])('%s → %s', (name, template) => {
    expect(templateOf(name)).toBe(template);
  });
});

describe('path of an op', () => {
  it('is the ranges open at its launch', () => {
    const { texts } = pathsOf({
      ops: [
        { start: 100, end: 110, correlation: 1 },
        { start: 120, end: 130, correlation: 2 },
        { start: 140, end: 150, correlation: 9 },
      ],
      calls: [
        { start: 12, end: 13, correlation: 1 },
        { start: 40, end: 41, correlation: 2 },
      ],
      ranges: [
        { start: 0, end: 30, name: 'block:0' },
        { start: 10, end: 20, name: 'layer:7' },
      ],
    });
    expect(texts).toEqual(['block:# > layer:#', '(no range)', '(no range)']);
  });

  const EXEC = 9 * 2 ** 32;
  const MADE = 4 * 2 ** 32;
  const replay: TraceRows = {
    ops: [
      { start: 100, end: 110, correlation: 1, graph: 9, graphNode: EXEC + 1 },
      { start: 120, end: 130, correlation: 1, graph: 9, graphNode: EXEC + 2 },
      { start: 140, end: 150, correlation: 1, graph: 9, graphNode: EXEC + 3 },
      { start: 160, end: 170, correlation: 1, graph: 9, graphNode: EXEC + 4 },
    ],
    calls: [{ start: 12, end: 13, correlation: 1, name: 'cudaGraphLaunch' }],
    ranges: [
      { start: 0, end: 30, name: 'A' },
      { start: 10, end: 20, name: 'B2' },
    ],
    rangeStacks: [
      { id: 1, name: 'A' },
      { id: 2, parent: 1, name: 'B1' },
      { id: 3, parent: 2, name: 'C' },
    ],
    graphNodes: [
      { start: 1, node: MADE + 1, graph: 4, stack: 3 },
      { start: 1, node: MADE + 2, graph: 4, stack: 2 },
      { start: 1, node: MADE + 3, graph: 4, stack: 0 },
      // Node 1 was cloned twice; nodes 2 and 3 have no clone row: the local number leads to them.
      { start: 2, node: 6 * 2 ** 32 + 1, original: MADE + 1, graph: 6 },
      { start: 3, node: EXEC + 1, original: 6 * 2 ** 32 + 1, graph: 9 },
    ],
    graphExecs: [{ start: 3, exec: 9, graph: 4 }],
  };

  it('of a graph op is the capture stack under the launch', () => {
    const { texts, coverage } = pathsOf(replay);
    expect(texts).toEqual(['A > B# > C', 'A > B#', 'A > B#', 'A > B#']);
    expect(coverage).toEqual({ total: 4, attributed: 2, outsideRanges: 1 });
  });

  it('does not take a node made while instantiating for its capture', () => {
    const made = { start: 4, node: EXEC + 1, graph: 9, stack: 1 };
    const nodes = replay.graphNodes!.filter((node) => node.original === undefined);
    expect(pathsOf({ ...replay, graphNodes: [...replay.graphNodes!, made] }).texts[0]).toBe('A > B# > C');
    expect(pathsOf({ ...replay, graphNodes: [...nodes, made] }).texts[0]).toBe('A > B# > C');
  });

  it('survives clones that lead in a circle', () => {
    const circle = [
      { start: 1, node: EXEC + 1, original: EXEC + 2 },
      { start: 1, node: EXEC + 2, original: EXEC + 1 },
    ];
    expect(pathsOf({ ...replay, graphNodes: circle, graphExecs: [] }).coverage.attributed).toBe(0);
  });
});

describe('capture under launch', () => {
  it.each([
    ['same place', 'AB', 'ABC', 'C'],
    ['elsewhere under the same root', 'AD', 'ABC', 'BC'],
    ['captured in a warm-up with the same inner ranges', 'TSF', 'WSFL', 'L'],
    ['nothing in common', 'X', 'ABC', 'ABC'],
    ['launched outside any range', '', 'AB', 'AB'],
    ['captured and launched in the same range', 'AB', 'AB', ''],
    ['of equal runs the first', 'F', 'FAFB', 'AFB'],
    ['the longest run decides, not the first', 'TF', 'FTFL', 'L'],
  ])('%s: %s then %s leaves %s', (_, launch, capture, rest) => {
    const codes = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
    expect(underLaunch(codes(capture), codes(launch))).toEqual(codes(rest));
  });
});
