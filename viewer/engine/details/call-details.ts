import { CALL_CLASSES } from '../../../src/analysis/call-class.js';
import { opsLaunchedBy } from './launched-ops.js';
import type { Fact } from '../protocol.js';
import { peerOf, refOf, trackOfRow, type Peer } from '../refs.js';
import type { Located } from '../session.js';
import type { OwnDetails } from './details.js';
import { pathOfCall } from './range-path.js';

/** Arrows drawn from one call: a graph launch has hundreds of ops. */
const MAX_PEERS = 200;

export function callDetails({ opened, track, event: call }: Located): OwnDetails {
  const view = track.process;
  const { calls, strings } = view.trace;
  const { count, ops } = opsLaunchedBy(view, call, MAX_PEERS);
  const peers: Peer[] = [];
  for (const op of ops) {
    const opTrack = trackOfRow(opened.trace, view, 'ops', op);
    if (opTrack !== undefined) peers.push(peerOf(opTrack, op, opened.shiftNs));
  }
  const first = peers[0];
  const facts: Fact[] = [
    { label: 'Class', value: CALL_CLASSES[track.categoryOf(call)] ?? 'api', unit: 'text' },
    { label: 'Thread', value: String(calls.thread[call]), unit: 'text' },
    { label: 'Correlation', value: String(calls.correlation[call]), unit: 'text' },
  ];
  if (calls.result[call] !== 0) {
    facts.push({ label: 'Result', value: `CUDA error ${calls.result[call]}`, unit: 'text' });
  }
  if (count > 0) facts.push({ label: 'Ops launched', value: count, unit: 'count' });
  if (first !== undefined) {
    facts.push({ label: 'First op', value: first.label, unit: 'text', goTo: first.ref });
  }
  const around = trackOfRow(opened.trace, view, 'ranges', view.analyzed?.nesting.ofCall[call] ?? -1);
  const range = view.analyzed?.nesting.ofCall[call] ?? -1;
  if (around !== undefined) {
    const name = view.names.table.text(around.nameOf(range));
    facts.push({ label: 'In range', value: name, unit: 'text', goTo: refOf(around, range) });
  }
  const name = strings[calls.name[call]!] ?? '?';
  return { title: name, subtitle: 'host call', path: pathOfCall(view, call), facts, peers };
}
