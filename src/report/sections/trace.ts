import type { InfoResult } from '../../analysis/info.js';
import type { Block, Section } from '../document/blocks.js';
import { GLOSSARY, type Term } from '../document/glossary.js';
import { viewCommand } from '../document/look.js';
import { printable } from '../printable.js';
import { quoted } from '../quoted.js';
import type { ReportResults } from '../results.js';
import { formatBytes, formatExact, formatNs, plural } from '../units.js';

/** What the figures rest on: the recording, what it lost, and how to look further. */
export function traceSection({ info, path }: ReportResults): Section {
  const { ops, ranges, calls, threads, streams, kernelNames, graphs, spanNs, bytesOnDisk } = info;
  const trace = printable(quoted(path));
  return {
    id: 'trace',
    title: 'The trace',
    question: 'What was recorded, what was lost, and where to look next?',
    blocks: [
      {
        kind: 'text',
        text:
          `${plural(ops.total, 'op')} (${formatExact(ops.kernel)} kernels of ${plural(kernelNames, 'name')}, ` +
          `${formatExact(ops.memcpy)} copies, ${formatExact(ops.memset)} fills` +
          (ops.inGraphs > 0 ? `; ${formatExact(ops.inGraphs)} in ${plural(graphs, 'CUDA graph')}` : '') +
          `) on ${plural(streams, 'stream')}, ${plural(calls, 'call')} on ${plural(threads, 'thread')}, ` +
          `${plural(ranges.total, 'NVTX range')}, over ${formatNs(spanNs)}; ${formatBytes(bytesOnDisk)} on disk.`,
      },
      ...losses(info),
      { kind: 'heading', text: 'Look further' },
      {
        kind: 'commands',
        lines: [
          [viewCommand(path), 'the timeline'],
          [`gapscope gaps ${trace} --window 'temporal_block:*'`, 'idle time inside the blocks only'],
          [`gapscope breakdown ${trace} --by layer`, 'the layer table'],
          [`gapscope kv ${trace}`, 'KV-cache operations'],
          [`gapscope switch ${trace}`, 'blocks and prompt switches'],
          [`gapscope kernels ${trace} --top all`, 'every kernel'],
          [`gapscope overlap ${trace}`, 'streams, copies and host waits'],
        ],
      },
    ],
  };
}

function losses({ lost, notices, capture, cleanExit, foreignBuffers, ranges }: InfoResult): Block[] {
  const texts: string[] = [];
  const missing = Object.values(lost).reduce<number>((sum, count) => sum + (count ?? 0), 0);
  const told = Object.values(lost).some((count) => count !== undefined);
  if (missing > 0) texts.push(`${plural(missing, 'record')} missing: gaps around them read as idle.`);
  else if (told) texts.push('Nothing was lost while recording.');
  if (capture !== undefined && capture !== 'on') texts.push(`Capture: ${capture}.`);
  if (!cleanExit) {
    texts.push('The recording does not say that the program ended cleanly: its end may be missing.');
  }
  if (foreignBuffers) {
    texts.push('Another profiler took the buffers for part of the time; records are missing.');
  }
  if (ranges.open > 0) {
    texts.push(`${plural(ranges.open, 'range')} never closed; they count to the end of the trace.`);
  }
  for (const { table, message } of notices) texts.push(`${table}: ${message}.`);
  return texts.map((text) => ({ kind: 'note', text }));
}

export function glossarySection(): Section {
  const terms = Object.entries(GLOSSARY).map(([id, [name, definition]]): readonly [Term, string, string] => [
    id as Term,
    name,
    definition,
  ]);
  return { id: 'glossary', title: 'Glossary', blocks: [{ kind: 'glossary', terms }] };
}
