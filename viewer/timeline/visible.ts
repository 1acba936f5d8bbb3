import type { PlacedTrack, TrackLayout } from './track-layout.js';
import { trackAt, tracksBetween } from './track-layout.js';

/** At most this share of the height is for pinned tracks: the others must stay reachable. */
const PINNED_SHARE = 0.6;
/** Below the last track, for the line that says what is hidden. */
export const FOOTER = 36;

/** A track on screen, CSS pixels from the top of the stage. */
export interface VisibleTrack {
  readonly placed: PlacedTrack;
  readonly y: number;
}

/** What of a layout is on screen at one scroll position. */
export interface Visible {
  readonly pinned: readonly VisibleTrack[];
  readonly main: readonly VisibleTrack[];
  /** Where the tracks that scroll begin. */
  readonly mainTop: number;
  /** Height of the part that they scroll in. */
  readonly mainHeight: number;
  /** Where their events begin: below the group header that stays. */
  readonly clipTop: number;
  /** The group that the topmost track is in, kept in view while its own header has scrolled away. */
  readonly sticky: VisibleTrack | undefined;
  /** How much higher everything is than the stage. */
  readonly overflow: number;
}

export function visibleTracks(layout: TrackLayout, scrollTop: number, height: number): Visible {
  const gap = layout.pinnedHeight > 0 ? 1 : 0;
  const mainTop = Math.min(layout.pinnedHeight, Math.round(height * PINNED_SHARE)) + gap;
  const pinned = tracksBetween(layout.pinned, 0, mainTop).map((placed) => ({ placed, y: placed.y }));
  const main = tracksBetween(layout.main, scrollTop, scrollTop + height - mainTop).map((placed) => ({
    placed,
    y: mainTop + placed.y - scrollTop,
  }));
  const sticky = stickyGroup(layout.main, scrollTop, mainTop);
  const clipTop = sticky === undefined ? mainTop : Math.max(mainTop, sticky.y + sticky.placed.height);
  const overflow = Math.max(0, mainTop + layout.height + FOOTER - height);
  return { pinned, main, mainTop, mainHeight: Math.max(0, height - mainTop), clipTop, sticky, overflow };
}

function stickyGroup(
  main: readonly PlacedTrack[],
  scrollTop: number,
  mainTop: number,
): VisibleTrack | undefined {
  const at = trackAt(main, scrollTop);
  const top = main[at];
  if (top === undefined || scrollTop <= 0) return undefined;
  const index = top.track.kind === 'group' && !top.folded ? at : top.parent;
  const group = main[index];
  if (group === undefined || group.y >= scrollTop) return undefined;
  // The next track that is not in it pushes it out.
  let end = index + 1;
  while (end < main.length && main[end]!.depth > group.depth) end++;
  const bottom = end < main.length ? main[end]!.y : Infinity;
  return { placed: group, y: mainTop + Math.min(0, bottom - scrollTop - group.height) };
}
