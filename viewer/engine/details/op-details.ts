import { kernelBytes, recordedBytes } from '../../../src/analysis/copy-bytes.js';
import { fitOf, launchShape } from '../../../src/analysis/launch-shape.js';
import { OP_CLASSES } from '../../../src/analysis/op-class.js';
import { smLimits } from '../../../src/analysis/sm-limits.js';
import { OP_KIND } from '../../../src/trace/schema.js';
import type { Fact } from '../protocol.js';
import { gapTrackOf, peerOf, refOf, rowRef, trackOfRow } from '../refs.js';
import type { Located } from '../session.js';
import { gapInterval } from '../tracks/gap-track.js';
import type { OwnDetails } from './details.js';
import { pathOfOp } from './range-path.js';

const KINDS = ['kernel', 'memory copy', 'memory set', 'graph replay'];

export function opDetails({ opened, track, event: op }: Located): OwnDetails {
  const view = track.process;
  const { trace } = view;
  const { ops, calls, strings } = trace;
  const { table } = view.names;
  const name = track.nameOf(op);
  const facts: Fact[] = [
    { label: 'Kind', value: KINDS[ops.kind[op]!] ?? 'op', unit: 'text' },
    { label: 'Class', value: OP_CLASSES[view.classes.of(op)] ?? 'other', unit: 'text' },
    { label: 'Stream', value: String(ops.stream[op]), unit: 'text', note: `context ${ops.context[op]}` },
  ];
  const call = view.analyzed?.launch[op] ?? -1;
  const callTrack = trackOfRow(opened.trace, view, 'calls', call);
  if (call >= 0) {
    const callEnd = calls.startNs[call]! + calls.durationNs[call]!;
    const goTo = callTrack === undefined ? undefined : refOf(callTrack, call);
    facts.push(
      {
        label: 'Launched by',
        value: strings[calls.name[call]!] ?? '?',
        unit: 'text',
        note: `thread ${calls.thread[call]}`,
        ...(goTo === undefined ? {} : { goTo }),
      },
      { label: 'Launch call', value: calls.durationNs[call]!, unit: 'ns' },
      {
        label: 'Queue time',
        value: Math.max(0, ops.startNs[op]! - callEnd),
        unit: 'ns',
        note: "from the launch call's return to the start",
      },
      { label: 'Launch to start', value: Math.max(0, ops.startNs[op]! - calls.startNs[call]!), unit: 'ns' },
    );
  } else if (view.analyzed !== undefined) {
    facts.push({ label: 'Launched by', value: 'not in the trace', unit: 'text' });
  }
  facts.push({ label: 'Correlation', value: String(ops.correlation[op]), unit: 'text' });
  if (ops.graph[op] !== 0) {
    facts.push({
      label: 'Graph',
      value: String(ops.graph[op]),
      unit: 'text',
      note: `node ${ops.graphNode[op]! % 2 ** 32}`,
    });
  }
  facts.push(...byteFacts(located(track, op)), ...shapeFacts(located(track, op), table.text(name)));
  const idle = idleBefore(opened, track, op);
  if (idle !== undefined) facts.push(idle);
  return {
    title: table.short(name),
    subtitle: table.text(name),
    path: pathOfOp(view, op),
    facts,
    peers: callTrack === undefined ? [] : [peerOf(callTrack, call, opened.shiftNs)],
  };
}

interface Op {
  readonly trace: Located['track']['process']['trace'];
  readonly op: number;
}

function located(track: Located['track'], op: number): Op {
  return { trace: track.process.trace, op };
}

function byteFacts({ trace, op }: Op): Fact[] {
  const { ops } = trace;
  const recorded = recordedBytes(trace, op);
  const bytes = recorded > 0 ? recorded : kernelBytes(trace, op);
  if (!(bytes > 0)) return [];
  const note = recorded > 0 ? 'read and written' : 'read and written, from the launch shape';
  const seconds = ops.durationNs[op]! / 1e9;
  return [
    { label: 'Bytes', value: bytes, unit: 'bytes', note },
    ...(seconds > 0 ? [{ label: 'Bandwidth', value: bytes / seconds, unit: 'bytesPerSecond' } as const] : []),
  ];
}

function shapeFacts({ trace, op }: Op, name: string): Fact[] {
  const { ops, shapes, shapeRow } = trace;
  if (ops.kind[op] !== OP_KIND.kernel) return [];
  const row = shapeRow[ops.shape[op]!] ?? -1;
  const device = trace.devices.find(({ id }) => id === ops.device[op]);
  const { launch, occupancy, waves, notKnown } = fitOf(name, launchShape(shapes, row), smLimits(device));
  const facts: Fact[] = [];
  if (launch !== undefined) {
    facts.push(
      { label: 'Grid', value: launch.grid.join(' × '), unit: 'text' },
      { label: 'Block', value: launch.block.join(' × '), unit: 'text' },
    );
    if (launch.cluster !== undefined) {
      facts.push({ label: 'Cluster', value: launch.cluster.join(' × '), unit: 'text' });
    }
    facts.push(
      { label: 'Registers', value: launch.registers, unit: 'count', note: 'a thread' },
      {
        label: 'Shared memory',
        value: launch.sharedStatic + launch.sharedDynamic,
        unit: 'bytes',
        note: 'a block',
      },
    );
  }
  if (occupancy !== undefined) {
    const least = occupancy.isUpperBound ? 'at most; ' : '';
    facts.push({
      label: 'Occupancy',
      value: occupancy.occupancy,
      unit: 'share',
      note: `${least}limited by ${occupancy.limiter}`,
    });
  }
  if (waves !== undefined) {
    facts.push({
      label: 'Waves',
      value: Number(waves.waves.toFixed(2)),
      unit: 'count',
      note: `${waves.schedule}, ${waves.blocks} blocks, ${waves.resident} at once`,
    });
    if (waves.tailShare > 0) {
      facts.push({ label: 'Lost to the last wave', value: waves.tailShare, unit: 'share', note: 'at most' });
    }
  }
  if (notKnown !== undefined) {
    facts.push({ label: 'Occupancy', value: `not known: ${notKnown}`, unit: 'text' });
  }
  return facts;
}

/** The gap that this op ended. */
function idleBefore(opened: Located['opened'], track: Located['track'], op: number): Fact | undefined {
  const gaps = gapTrackOf(opened.trace, track.process, track.device ?? -1);
  if (gaps === undefined) return undefined;
  const start = track.columns.startNs[op]!;
  const slot = gaps.lanes[0]!.slotAt(start) - 1;
  if (slot < 0) return undefined;
  const gap = gaps.pieces.gap[slot]!;
  const { startNs, endNs } = gapInterval(gaps, gap);
  if (endNs !== start || gaps.after[gap] !== op) return undefined;
  return {
    label: 'Device idle before',
    value: endNs - startNs,
    unit: 'ns',
    goTo: refOf(gaps, gaps.pieces.first[gap]!),
  };
}

/** How an op is called in facts about something else. */
export function opFact(
  label: string,
  opened: Located['opened'],
  view: Located['track']['process'],
  op: number,
): Fact {
  const track = trackOfRow(opened.trace, view, 'ops', op);
  const value = track === undefined ? 'none' : view.names.table.short(track.nameOf(op));
  const goTo = rowRef(opened.trace, view, 'ops', op);
  return { label, value, unit: 'text', ...(goTo === undefined ? {} : { goTo }) };
}
