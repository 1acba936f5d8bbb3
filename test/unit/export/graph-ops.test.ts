import { expect, test } from 'vitest';
import { perfettoJson } from '../../../src/export/perfetto.js';
import { OP_KIND } from '../../../src/trace/schema.js';
import { readTrace } from '../../../src/trace/read-trace.js';
import { readText } from '../ingest/pytorch/read-text.js';
import { smallTables, writeSmallTrace } from '../small-trace.js';

test('whole graph replays, copies and kernels come back from Chrome JSON as what they were', async () => {
  const { graph, kernel, memcpy, memset } = OP_KIND;
  const { ops, strings } = smallTables();
  const texts = [...(strings.text as readonly string[]), 'CUDA graph 12', 'memcpy', 'memset'];
  const trace = await readTrace(
    await writeSmallTrace({
      ops: {
        ...ops,
        kind: [graph, kernel, memcpy, memset, graph, kernel, graph, kernel],
        name: [6, 1, 7, 8, 6, 2, 6, 1],
        graph: [12, 0, 0, 0, 12, 12, 13, 0],
        shape: [0, 1, 2, 0, 0, 1, 0, 0],
      },
      shapes: {
        id: [1, 2],
        gridX: [132, 0],
        bytes: [0, 4096],
        copyKind: [0, 1],
        srcKind: [0, 1],
        dstKind: [0, 3],
      },
      strings: { id: texts.map((_, i) => i), text: texts },
    }),
  );
  const again = await readText([...perfettoJson(trace)].join(''));
  const told = (one: typeof trace): unknown =>
    Array.from({ length: one.ops.length }, (_, i) => {
      const { kind, name, graph: graphs, startNs, durationNs, correlation, shape } = one.ops;
      const row = one.shapeRow[shape[i]!] ?? -1;
      return {
        kind: kind[i],
        name: one.strings[name[i]!],
        graph: graphs[i],
        at: [startNs[i], durationNs[i], correlation[i]],
        shape: row < 0 ? [0, 0, 0] : [one.shapes.gridX[row], one.shapes.bytes[row], one.shapes.copyKind[row]],
      };
    });
  expect(told(again)).toEqual(told(trace));
});
