import type { Track } from '../engine/protocol.js';

/**
 * Takes out headers that say nothing: those without a child, and those with one, whose name goes before the child's.
 * A header in `keep` stays. Order is kept.
 */
export function collapseTree(tracks: readonly Track[], keep: ReadonlySet<string>): Track[] {
  let kept = tracks;
  for (;;) {
    const children = new Map<string, number>();
    for (const { parent } of kept) {
      if (parent !== undefined) children.set(parent, (children.get(parent) ?? 0) + 1);
    }
    const isVain = (track: Track): boolean =>
      track.kind === 'group' && !keep.has(track.id) && (children.get(track.id) ?? 0) < 2;
    const vain = new Map(kept.filter(isVain).map((track) => [track.id, track]));
    if (vain.size === 0) return [...kept];
    // Only the outermost of several at once, so that every name is handed on.
    const goes = (track: Track): boolean =>
      vain.has(track.id) && (track.parent === undefined || !vain.has(track.parent));
    kept = kept.flatMap((track) => {
      if (goes(track)) return [];
      const header = track.parent === undefined ? undefined : vain.get(track.parent);
      return header === undefined || !goes(header) ? [track] : [under(track, header)];
    });
  }
}

function under(track: Track, header: Track): Track {
  return {
    ...track,
    parent: header.parent,
    label: `${header.label} · ${track.label}`,
    detail: [header.detail, track.detail].filter((text) => text !== '').join(' · '),
  };
}
