import { formatNs } from '../../src/report/units.js';
import type { Area, EventRef } from '../engine/protocol.js';
import { formatTime, type AxisMarks } from '../render/axis.js';
import type { Box, Point, Scene } from '../render/overlay.js';
import type { Selection } from '../state/view-state.js';
import type { Note } from '../../src/trace/notes.js';
import type { Span } from './frame-window.js';
import { type PlacedTrack, type TrackLayout, trackKey } from './track-layout.js';
import type { Visible } from './visible.js';

/** An event's place in time and on its track. */
export interface EventPlace extends Span {
  readonly key: string;
  /** Undefined: somewhere on the track. */
  readonly row: number | undefined;
}

export interface SceneInput {
  readonly layout: TrackLayout;
  readonly visible: Visible;
  readonly view: Span;
  readonly width: number;
  readonly scrollTop: number;
  readonly selection: Selection | undefined;
  readonly selected: EventPlace | undefined;
  readonly peer: EventPlace | undefined;
  /** The selected event is the launch: the arrow starts there. */
  readonly fromSelected: boolean;
  readonly hover: EventPlace | undefined;
  readonly cursorX: number | undefined;
  readonly draft: Area | Span | undefined;
  readonly notes: readonly Note[];
  readonly focus: string | undefined;
}

export function sceneOf(input: SceneInput): Scene {
  const { visible, selection, draft, notes, focus } = input;
  const x = xOf(input.view, input.width);
  const area =
    draft !== undefined && 'tracks' in draft
      ? draft
      : selection?.kind === 'area'
        ? selection.area
        : undefined;
  const span = spanOf(input);
  const selected = boxOf(input, input.selected);
  const peer = boxOf(input, input.peer);
  return {
    mainTop: visible.mainTop,
    hover: boxOf(input, input.hover),
    selected,
    peer,
    arrow: arrowOf(input, selected, peer),
    area: draft === undefined || area === draft ? areaBoxes(input, area) : [],
    span: span === undefined || area !== undefined ? undefined : { x0: x(span.startNs), x1: x(span.endNs) },
    cursorX: input.cursorX,
    notes: notes.map(({ startNs, endNs }) => ({ x0: x(startNs), x1: x(endNs) })),
    focus: focusBox(input, focus),
  };
}

/** The selected time, or the time of the selected area: what the axis shows. */
function spanOf({ selection, draft }: SceneInput): Span | undefined {
  if (draft !== undefined) return draft;
  if (selection?.kind === 'area') return selection.area;
  if (selection?.kind === 'time') return selection;
  return undefined;
}

export function axisMarksOf(input: SceneInput): AxisMarks {
  const x = xOf(input.view, input.width);
  const span = spanOf(input) ?? (input.selected === undefined ? undefined : input.selected);
  const nsPerPx = (input.view.endNs - input.view.startNs) / input.width;
  const { cursorX } = input;
  return {
    span:
      span === undefined
        ? undefined
        : { x0: x(span.startNs), x1: x(span.endNs), text: formatNs(span.endNs - span.startNs) },
    cursor:
      cursorX === undefined
        ? undefined
        : { x: cursorX, text: formatTime(input.view.startNs + cursorX * nsPerPx, nsPerPx) },
    notes: input.notes.map(({ startNs, endNs }) => ({ x0: x(startNs), x1: x(endNs) })),
  };
}

function xOf(view: Span, width: number): (ns: number) => number {
  const pxPerNs = width / (view.endNs - view.startNs);
  return (ns) => (ns - view.startNs) * pxPerNs;
}

interface OnStage {
  readonly placed: PlacedTrack;
  /** CSS pixels from the top of the stage; may be outside of it. */
  readonly y: number;
  readonly top: number;
}

/** Where a track is; a track in a folded group is where the group is. */
export function onStage({ layout, visible, scrollTop }: SceneInput, key: string): OnStage | undefined {
  const pinned = layout.pinned.find((placed) => placed.key === key);
  if (pinned !== undefined) return { placed: pinned, y: pinned.y, top: 0 };
  const main = layout.main.find((placed) => placed.key === key);
  if (main === undefined) return undefined;
  return { placed: main, y: visible.mainTop + main.y - scrollTop, top: visible.clipTop };
}

function boxOf(input: SceneInput, event: EventPlace | undefined): Box | undefined {
  const found = event === undefined ? undefined : onStage(input, event.key);
  if (event === undefined || found === undefined) return undefined;
  const { placed, y, top } = found;
  const x = xOf(input.view, input.width);
  const rows = Math.max(1, placed.track.rows);
  const first = event.row === undefined || event.row >= rows ? 0 : event.row;
  const last = event.row === undefined || event.row >= rows ? rows - 1 : event.row;
  const y0 = y + placed.padding + first * placed.rowHeight;
  const y1 = y + placed.padding + (last + 1) * placed.rowHeight - 1;
  if (y1 <= top) return undefined;
  const x0 = x(event.startNs);
  return { x0, x1: Math.max(x(event.endNs), x0 + 1), y0: Math.max(top, y0), y1 };
}

/** One arrow, from the launch to the op, also when one of the two has scrolled out of view. */
function arrowOf(
  input: SceneInput,
  selected: Box | undefined,
  peer: Box | undefined,
): { readonly from: Point; readonly to: Point } | undefined {
  if (input.selected === undefined || input.peer === undefined) return undefined;
  const ends = [
    [input.selected, selected],
    [input.peer, peer],
  ] as const;
  const points = ends.map(([event, box]): Point | undefined => {
    const found = onStage(input, event.key);
    // A gap's launch is that of the op which ended it.
    const ns = found?.placed.track.kind === 'gaps' ? event.endNs : event.startNs;
    const x = xOf(input.view, input.width)(ns);
    if (box !== undefined) return { x, y: (box.y0 + box.y1) / 2 };
    // Under the edge that it went past.
    return found === undefined ? undefined : { x, y: found.top - 10 };
  });
  const [a, b] = points;
  if (a === undefined || b === undefined) return undefined;
  return input.fromSelected ? { from: a, to: b } : { from: b, to: a };
}

function areaBoxes(input: SceneInput, area: Area | undefined): Box[] {
  if (area === undefined) return [];
  const x = xOf(input.view, input.width);
  const boxes: Box[] = [];
  for (const id of area.tracks) {
    const found = onStage(input, trackKey({ slot: area.slot, id }));
    if (found === undefined || found.y + found.placed.height <= found.top) continue;
    boxes.push({
      x0: x(area.startNs),
      x1: x(area.endNs),
      y0: Math.max(found.top, found.y),
      y1: found.y + found.placed.height,
    });
  }
  return boxes.sort((a, b) => a.y0 - b.y0);
}

function focusBox(input: SceneInput, key: string | undefined): Box | undefined {
  const found = key === undefined ? undefined : onStage(input, key);
  if (found === undefined || found.y + found.placed.height <= found.top) return undefined;
  return { x0: 0, x1: input.width, y0: Math.max(found.top, found.y), y1: found.y + found.placed.height };
}

/** Place of an event that a frame or its details tell. */
export function placeOf(ref: EventRef, startNs: number, endNs: number, row: number | undefined): EventPlace {
  return { key: trackKey({ slot: ref.slot, id: ref.track }), startNs, endNs, row };
}
