import type { Paint } from './paint.js';

/** Fixed looks: one thing has one colour and one pattern on every page. Families share a colour. */
const CAUSE_PAINT: Readonly<Record<string, Paint>> = {
  // Warm: the host's to speed up.
  host: { color: 'red', pattern: 'solid' },
  api: { color: 'red', pattern: 'cross' },
  launch: { color: 'orange', pattern: 'rising' },
  // Purple: the host waited.
  sync: { color: 'purple', pattern: 'solid' },
  'blocking-copy': { color: 'purple', pattern: 'falling' },
  alloc: { color: 'purple', pattern: 'dots' },
  // Cool: the device's own.
  graph: { color: 'cyan', pattern: 'level' },
  dispatch: { color: 'teal', pattern: 'solid' },
  queued: { color: 'blue', pattern: 'rising' },
  'queue-full': { color: 'blue', pattern: 'cross' },
  profiler: { color: 'grey', pattern: 'dots' },
  unknown: { color: 'grey', pattern: 'upright' },
};

const CLASS_PAINT: Readonly<Record<string, Paint>> = {
  attention: { color: 'blue', pattern: 'solid' },
  'cross-kv': { color: 'cyan', pattern: 'rising' },
  matmul: { color: 'teal', pattern: 'solid' },
  norm: { color: 'olive', pattern: 'level' },
  elementwise: { color: 'olive', pattern: 'solid' },
  rope: { color: 'olive', pattern: 'rising' },
  'kv.clone': { color: 'orange', pattern: 'solid' },
  'kv.roll': { color: 'orange', pattern: 'rising' },
  'kv.insert': { color: 'orange', pattern: 'falling' },
  'kv.index': { color: 'orange', pattern: 'level' },
  'kv.concat': { color: 'orange', pattern: 'dots' },
  'kv.update': { color: 'brown', pattern: 'solid' },
  'kv.reset': { color: 'brown', pattern: 'level' },
  memcpy: { color: 'purple', pattern: 'upright' },
  comm: { color: 'red', pattern: 'upright' },
  other: { color: 'grey', pattern: 'solid' },
};

/** Parts of the layer table that are not classes of ops too. */
const PART_PAINT: Readonly<Record<string, Paint>> = {
  qkv: { color: 'teal', pattern: 'rising' },
  'attention-out': { color: 'teal', pattern: 'falling' },
  'kv.index': { color: 'orange', pattern: 'level' },
  'cross-attention': { color: 'cyan', pattern: 'solid' },
  'cross-projections': { color: 'cyan', pattern: 'falling' },
  mlp: { color: 'teal', pattern: 'solid' },
  modulation: { color: 'olive', pattern: 'falling' },
  matmul: { color: 'teal', pattern: 'dots' },
  embeddings: { color: 'grey', pattern: 'rising' },
  head: { color: 'grey', pattern: 'falling' },
  noise: { color: 'grey', pattern: 'dots' },
  recache: { color: 'purple', pattern: 'solid' },
  'text-encoder': { color: 'purple', pattern: 'level' },
  vae: { color: 'purple', pattern: 'falling' },
};

const ROLE_PAINT: Readonly<Record<string, Paint>> = {
  first: { color: 'grey', pattern: 'upright' },
  filling: { color: 'cyan', pattern: 'rising' },
  steady: { color: 'blue', pattern: 'solid' },
  switch: { color: 'orange', pattern: 'falling' },
};

export const BUSY: Paint = { color: 'busy', pattern: 'solid' };
export const IDLE: Paint = { color: 'red', pattern: 'rising' };
const OTHER: Paint = { color: 'grey', pattern: 'solid' };

export function paintOfCause(cause: string): Paint {
  return CAUSE_PAINT[cause] ?? OTHER;
}

export function paintOfClass(opClass: string): Paint {
  return CLASS_PAINT[opClass] ?? OTHER;
}

export function paintOfPart(part: string): Paint {
  return PART_PAINT[part] ?? paintOfClass(part);
}

export function paintOfRole(role: string): Paint {
  return ROLE_PAINT[role] ?? OTHER;
}

/** For parts that have no fixed look, in their order. */
const SEQUENCE: readonly Paint[] = [
  { color: 'blue', pattern: 'solid' },
  { color: 'orange', pattern: 'rising' },
  { color: 'teal', pattern: 'solid' },
  { color: 'purple', pattern: 'falling' },
  { color: 'olive', pattern: 'solid' },
  { color: 'red', pattern: 'dots' },
  { color: 'cyan', pattern: 'level' },
  { color: 'brown', pattern: 'upright' },
];

export function paintInOrder(index: number): Paint {
  return SEQUENCE[index % SEQUENCE.length]!;
}
