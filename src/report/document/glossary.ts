import { CAUSES } from '../../analysis/causes.js';
import { meaningOf } from '../causes.js';

/** Every word that a report uses as a measure: its name, and its definition in one or two sentences. */
export const GLOSSARY = {
  window: [
    'window',
    'The part of the trace that a figure is about: from the start of the first GPU operation to the end of the last, unless --window chose less. Busy and idle time sum to it exactly.',
  ],
  op: ['op', 'A piece of GPU work: a kernel, a memory copy or a memory set.'],
  busy: ['busy', 'Time within the window in which at least one op ran on the GPU. Copies count as work.'],
  idle: ['idle', 'The rest of the window. Every idle nanosecond is charged once, to one cause.'],
  gap: ['gap', 'A longest stretch of time in which nothing ran on the GPU, ended by the next op.'],
  cause: [
    'cause',
    `What a gap’s time went to.\n${CAUSES.map((cause) => `${cause}: ${meaningOf(cause)}.`).join('\n')}`,
  ],
  hotspot: [
    'hotspot',
    'Gaps of one kind: the same class of op before and after, the same place in the model, the same main cause. Ordered by total idle time.',
  ],
  path: [
    'place',
    'The NVTX ranges open where the op was launched, outermost first, with numbers written as #: all layers of one kind are one place.',
  ],
  class: [
    'class',
    'What an op does for the model (attention, matmul, kv.clone, …): told by the range that it was launched in, or else by the kernel’s name.',
  ],
  block: [
    'block latency',
    'From the start of the first to the end of the last GPU op that a temporal block launched. The headline is the median of the steady blocks.',
  ],
  steady: [
    'steady state',
    'Blocks that are not the first, not still filling the KV window, and hold no prompt switch.',
  ],
  role: [
    'role of a block',
    'first: includes warm-up.\nfilling: the KV window is not full yet.\nsteady: the normal case.\nswitch: recomputes the cache for a new prompt.',
  ],
  interFrame: [
    'inter-frame latency',
    'Steady block latency divided by the latent frames that a block makes.',
  ],
  switch: [
    'prompt-switch latency',
    'Latency of the first block after a prompt switch minus the latency of the block before it.',
  ],
  recache: [
    'recache',
    'On a prompt switch the KV cache is reset and the recent window is run through the model again.',
  ],
  kvShare: [
    'KV share',
    'GPU time of KV-cache operations plus the gaps that end with one of them, over the latency of the steady blocks.',
  ],
  kvOperation: [
    'KV operation',
    'kv.index: reading cache positions.\nkv.clone: copying the cache aside.\nkv.roll: moving the window on.\nkv.insert: writing new keys and values.\nkv.concat: joining sink and window for attention.\nkv.update: the deferred write-back.\nkv.reset: zeroing.',
  ],
  phase: [
    'phase',
    'filling: the window is not full.\nrolling: the window moves on.\ndirect: writes over what the forward before wrote.\nrecache: inside a prompt switch.\noutside: in no block.',
  ],
  bandwidth: [
    'GB/s',
    'Bytes read and written over the duration of the ops that moved them, in units of 10⁹ bytes a second; “of peak” is a share of the GPU’s rated memory bandwidth. Estimated bytes come from a rule, not from the trace.',
  ],
  instances: ['instances', 'How often a range of this kind ran in the window.'],
  gpuTime: ['GPU time', 'Device time of ops, each busy nanosecond counted once.'],
  occupancy: [
    'occupancy',
    'Warps that an SM can hold of this kernel, over the most that it can hold: from registers, shared memory and block size. It is a limit, not a measurement.',
  ],
  waves: [
    'waves',
    'Blocks of the launch over the blocks that fit on the GPU at once. A persistent kernel launches just as many as fit and loops, so it has no waves.',
  ],
  tail: [
    'tail',
    'Time lost at most because the last wave is only partly filled, if every block takes equally long.',
  ],
  overlap: ['overlap', 'Time in which two or more ops ran on the GPU at once.'],
  hidden: [
    'hidden, exposed',
    'Copy time during which a kernel ran too, and copy time during which none did.',
  ],
  wait: [
    'host wait',
    'The CPU thread stood in a CUDA call until the GPU had finished something. It hurts only where the GPU then runs dry.',
  ],
  bound: [
    'upper bound',
    'The most that a finding could save if what it names cost nothing at all. Real gains are smaller. Bounds of findings that overlap do not add up.',
  ],
  certainty: [
    'certainty',
    'high: measured directly, and the cause is unambiguous.\nmedium: measured, but the gain rests on an assumption that is named.\nlow: a loose bound or a guess from names; try before believing.',
  ],
} as const satisfies Readonly<Record<string, readonly [name: string, definition: string]>>;

export type Term = keyof typeof GLOSSARY;
