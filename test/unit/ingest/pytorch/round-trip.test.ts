import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { analyzeBreakdown } from '../../../../src/analysis/breakdown.js';
import { analyzeGaps } from '../../../../src/analysis/gaps.js';
import { perfettoJson } from '../../../../src/export/perfetto.js';
import { importPytorch } from '../../../../src/ingest/pytorch/import-pytorch.js';
import { readText, tablesOf } from './read-text.js';

const FOLDER = fileURLToPath(new URL('../../../../../shared/samples/kineto/', import.meta.url));

describe.skipIf(!existsSync(FOLDER))('our own export, read again', () => {
  test.each(['a100-simple-add', 'h100-qwen', 'mi300x-vllm-graph-decode'])('%s', async (sample) => {
    const trace = (await importPytorch(`${FOLDER}${sample}.json.gz`)).traces[0]!;
    const again = await readText([...perfettoJson(trace)].join(''), [5000]);
    // Ids of shapes and names may differ; what is said with them may not.
    const plain = (one: typeof trace): object => ({
      gaps: analyzeGaps(one),
      breakdown: analyzeBreakdown(one),
      times: [one.ops.startNs, one.ops.durationNs, one.calls.startNs, one.ranges.startNs, one.syncs.startNs],
      names: [
        Array.from(one.ops.name, (name) => one.strings[name]),
        Array.from(one.ranges.name, (name) => one.strings[name]),
        Array.from(one.ranges.domain, (domain) => one.strings[domain]),
      ],
      ids: [one.ops.correlation, one.ops.stream, one.ops.graph, one.syncs.kind, one.overheads.thread],
      baseNs: one.baseNs,
      limits: one.devices,
    });
    expect(plain(again)).toEqual(plain(trace));
    // A second time round nothing is left to change.
    const third = await readText([...perfettoJson(again)].join(''));
    expect(tablesOf(third)).toEqual(tablesOf(again));
  });
});
