import type { Slot, Track, TrackKind, TraceSummary } from '../engine/protocol.js';

/** A track's name in `ViewState.pinned`, `hidden` and `collapsed`: its id, marked if it is the second trace's. */
export function trackKey(track: { readonly slot: Slot; readonly id: string }): string {
  return track.slot === 0 ? track.id : `1:${track.id}`;
}

/** Key of the heading over a whole trace, which is there while two are compared. */
export function rootKey(slot: Slot): string {
  return slot === 0 ? '#base' : '#candidate';
}

/** A track in its place: CSS pixels from the top of its part (the pinned tracks, or the ones that scroll). */
export interface PlacedTrack {
  readonly key: string;
  readonly track: Track;
  /** Depth in the tree, from 0. */
  readonly depth: number;
  readonly y: number;
  readonly height: number;
  /** Where its first sub-row begins, from `y`. */
  readonly padding: number;
  readonly rowHeight: number;
  /** Of its label: all of `height` where labels stand beside the tracks; else a strip of its own above the events. */
  readonly labelHeight: number;
  /** A group with tracks in it, or a track of several rows: can be folded. */
  readonly foldable: boolean;
  readonly folded: boolean;
  readonly pinned: boolean;
  /** Labels of the groups around it, outermost first. */
  readonly path: readonly string[];
  /** Index in its list of the innermost group around it; -1 if none. */
  readonly parent: number;
}

export interface TrackLayout {
  readonly pinned: readonly PlacedTrack[];
  readonly pinnedHeight: number;
  readonly main: readonly PlacedTrack[];
  readonly height: number;
  /** Tracks that are there and hidden. */
  readonly hidden: number;
}

/** Where the labels of tracks are: in a column of their own, or, where there is no room for one, above each track. */
export type LabelPlace = 'beside' | 'above';

export interface LayoutState {
  readonly pinned: readonly string[];
  readonly hidden: readonly string[];
  readonly collapsed: readonly string[];
}

const GROUP_HEIGHT = 26;
const COUNTER_HEIGHT = 36;
const LEAF_PADDING = 3;
/** Of a label above its track. */
const STRIP_HEIGHT = 16;
/** A folded track shows all of its rows, so thin that they need no more than this together. */
const FOLDED_HEIGHT = 16;
const ROW_HEIGHT: Readonly<Record<TrackKind, number>> = {
  group: 0,
  ops: 19,
  gaps: 32,
  projection: 17,
  ranges: 17,
  calls: 17,
  counter: COUNTER_HEIGHT,
};

interface Node {
  readonly track: Track;
  readonly key: string;
  readonly children: Node[];
}

/** Places the tracks of one or two traces from top to bottom, in their order, each group over what is in it. */
export function layoutTracks(
  summaries: readonly TraceSummary[],
  state: LayoutState,
  labels: LabelPlace = 'beside',
): TrackLayout {
  const hidden = new Set(state.hidden);
  const folded = new Set(state.collapsed);
  const pins = new Set(state.pinned);
  const roots = summaries.flatMap((summary) => tree(summary, summaries.length > 1));

  const main: PlacedTrack[] = [];
  const pinned = new Map<string, PlacedTrack>();
  let y = 0;
  let hiddenCount = 0;

  const place = (node: Node, depth: number, path: readonly string[], parent: number): void => {
    if (hidden.has(node.key)) {
      hiddenCount++;
      return;
    }
    const isGroup = node.track.kind === 'group';
    const isFolded = folded.has(node.key);
    const isPinned = pins.has(node.key);
    const made = placed(node, { depth, path, parent, y, isFolded, isPinned, labels });
    if (isPinned && !isGroup) {
      pinned.set(node.key, made);
      return;
    }
    const at = main.length;
    main.push(made);
    y += made.height;
    if (isFolded && isGroup) {
      // What is pinned stays, also out of a folded group.
      for (const child of leaves(node)) {
        if (pins.has(child.key) && !hidden.has(child.key)) {
          place(child, depth, [...path, node.track.label], at);
        }
      }
      return;
    }
    for (const child of node.children) place(child, depth + 1, [...path, node.track.label], at);
    if (isGroup && main.length === at + 1) {
      // Everything in it is pinned or hidden.
      main.pop();
      y -= made.height;
    }
  };
  for (const root of roots) place(root, 0, [], -1);

  let pinnedHeight = 0;
  const inOrder: PlacedTrack[] = [];
  for (const key of state.pinned) {
    const track = pinned.get(key);
    if (track === undefined || inOrder.some((other) => other.key === key)) continue;
    inOrder.push({ ...track, y: pinnedHeight, depth: 0, parent: -1 });
    pinnedHeight += track.height;
  }
  return { pinned: inOrder, pinnedHeight, main, height: y, hidden: hiddenCount };
}

function* leaves(node: Node): Generator<Node> {
  for (const child of node.children) {
    if (child.track.kind === 'group') yield* leaves(child);
    else yield child;
  }
}

function placed(
  { track, key, children }: Node,
  at: {
    readonly depth: number;
    readonly path: readonly string[];
    readonly parent: number;
    readonly y: number;
    readonly isFolded: boolean;
    readonly isPinned: boolean;
    readonly labels: LabelPlace;
  },
): PlacedTrack {
  const rows = Math.max(1, track.rows);
  const common = {
    key,
    track,
    depth: at.depth,
    y: at.y,
    folded: at.isFolded,
    pinned: at.isPinned,
    path: at.path,
    parent: at.parent,
  };
  if (track.kind === 'group') {
    const labelHeight = GROUP_HEIGHT;
    return {
      ...common,
      height: labelHeight,
      labelHeight,
      padding: 0,
      rowHeight: 0,
      foldable: children.length > 0,
    };
  }
  const strip = at.labels === 'above' ? STRIP_HEIGHT : 0;
  /** With the room that its events take, and what lies around them. */
  const leaf = (events: number, rowHeight: number, around: number, foldable: boolean): PlacedTrack => {
    const height = strip + events + 2 * around;
    return { ...common, height, labelHeight: strip || height, padding: strip + around, rowHeight, foldable };
  };
  if (track.kind === 'counter') {
    const height = at.isFolded ? FOLDED_HEIGHT + 2 * LEAF_PADDING : COUNTER_HEIGHT;
    return leaf(height, height, 0, true);
  }
  const full = ROW_HEIGHT[track.kind];
  const rowHeight = at.isFolded ? Math.max(1, Math.min(full, FOLDED_HEIGHT / rows)) : full;
  return leaf(Math.round(rows * rowHeight), rowHeight, LEAF_PADDING, rows > 1);
}

/** The tracks of a trace as a tree, under a heading of their own where there are two traces. */
function tree(summary: TraceSummary, heading: boolean): Node[] {
  const nodes = new Map<string, Node>();
  const roots: Node[] = [];
  for (const track of summary.tracks) {
    const node: Node = { track, key: trackKey(track), children: [] };
    nodes.set(track.id, node);
  }
  for (const track of summary.tracks) {
    const node = nodes.get(track.id)!;
    const parent = track.parent === undefined ? undefined : nodes.get(track.parent);
    (parent === undefined || parent === node ? roots : parent.children).push(node);
  }
  if (!heading) return roots;
  const { slot, name } = summary;
  const root: Track = {
    id: rootKey(slot),
    slot,
    kind: 'group',
    parent: undefined,
    label: name,
    detail: slot === 0 ? 'base' : 'candidate',
    rows: 0,
    events: 0,
  };
  return [{ track: root, key: rootKey(slot), children: roots }];
}

/** Index of the track that covers a height, or -1; the list is in the order of `y`. */
export function trackAt(tracks: readonly PlacedTrack[], y: number): number {
  let low = 0;
  let high = tracks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tracks[middle]!.y <= y) low = middle + 1;
    else high = middle;
  }
  const found = tracks[low - 1];
  return found !== undefined && y < found.y + found.height ? low - 1 : -1;
}

/** Tracks that overlap `[top, bottom)`. */
export function tracksBetween(
  tracks: readonly PlacedTrack[],
  top: number,
  bottom: number,
): readonly PlacedTrack[] {
  const first = Math.max(0, trackAt(tracks, Math.max(0, top)));
  const found: PlacedTrack[] = [];
  for (let k = first; k < tracks.length && tracks[k]!.y < bottom; k++) {
    if (tracks[k]!.y + tracks[k]!.height > top) found.push(tracks[k]!);
  }
  return found;
}

/** Whether a height within a track is its label's strip, in which no events are. */
export function isInStrip({ y, height, labelHeight }: PlacedTrack, at: number): boolean {
  return labelHeight < height && at < y + labelHeight;
}

/** The sub-row at a height within a track. */
export function rowAt(track: PlacedTrack, y: number): number {
  if (track.rowHeight <= 0) return 0;
  const row = Math.floor((y - track.y - track.padding) / track.rowHeight);
  return Math.min(Math.max(0, track.track.rows - 1), Math.max(0, row));
}
