import type { BreakdownNode } from '../../analysis/breakdown-result.js';
import type { Hotspot } from '../../analysis/hotspots.js';
import type { KernelRow } from '../../analysis/kernels-result.js';
import type { Jump } from '../document/blocks.js';
import { gapsOf, kernelsOf, layersOf, overlapOf, resultOf, type ReportResults } from '../results.js';

/**
 * Which rows the tables list, and how they are jumped to: what speaks of a row links to it, and only where it is
 * listed.
 */
export const LISTED = { hotspot: 15, kernel: 20, wait: 12, place: 24 } as const;

export const TITLES = {
  blocks: 'Blocks',
  idle: 'Idle time',
  layers: 'Layers',
  kv: 'KV cache',
  switch: 'Prompt switch',
  kernels: 'Kernels',
  overlap: 'Overlap and host waits',
} as const;

export function sectionJump(id: keyof typeof TITLES): Jump {
  return { id, section: TITLES[id] };
}

function row(
  prefix: string,
  section: keyof typeof TITLES,
  index: number,
  listed = Infinity,
): Jump | undefined {
  return index < 0 || index >= listed ? undefined : { ...sectionJump(section), id: `${prefix}-${index + 1}` };
}

export function hotspotRow(results: ReportResults, spot: Hotspot | undefined): Jump | undefined {
  if (spot === undefined) return undefined;
  return row('hotspot', 'idle', gapsOf(results).hotspots.indexOf(spot), LISTED.hotspot);
}

/** The largest places of the tree, in its order, and those around them, under which alone they are understood. */
export function listedPlaces(tree: readonly BreakdownNode[]): BreakdownNode[] {
  const largest = tree.toSorted((a, b) => b.busyNs + b.idleNs - a.busyNs - a.idleNs).slice(0, LISTED.place);
  const kept = new Set<BreakdownNode>();
  for (let node of largest) {
    for (kept.add(node); node.parent >= 0; kept.add(node)) node = tree[node.parent]!;
  }
  return tree.filter((node) => kept.has(node));
}

/** A place in the tree of ranges; where it is too small to be listed, the innermost listed one around it. */
export function placeRow(results: ReportResults, path: string): Jump | undefined {
  const places = listedPlaces(layersOf(results)?.tree ?? []);
  let best = -1;
  places.forEach((place, i) => {
    const isAround = path === place.path || path.startsWith(`${place.path} > `);
    if (isAround && place.path.length > (places[best]?.path.length ?? -1)) best = i;
  });
  return row('place', 'layers', best);
}

/** The largest kernel that passes. */
export function kernelRow(results: ReportResults, accept: (kernel: KernelRow) => boolean): Jump | undefined {
  const index = kernelsOf(results)?.kernels.findIndex(accept) ?? -1;
  return row('kernel', 'kernels', index, LISTED.kernel);
}

/** The first of the waits that passes. */
export function waitRow(
  results: ReportResults,
  accept: (wait: { readonly path: string; readonly call: string }) => boolean,
): Jump | undefined {
  const index = overlapOf(results)?.hostWaits.waits.findIndex(accept) ?? -1;
  return row('wait', 'overlap', index, LISTED.wait);
}

export function kvRow(
  results: ReportResults,
  accept: (row: { readonly operation: string; readonly phase: string }) => boolean,
): Jump | undefined {
  return row('kv', 'kv', resultOf(results.kv)?.rows.findIndex(accept) ?? -1);
}

export function blockRow(results: ReportResults, name: string): Jump | undefined {
  const index = resultOf(results.switches)?.blocks.findIndex((block) => block.name === name) ?? -1;
  return row('block', 'blocks', index);
}

/** For what has a jump only where its row is listed. */
export function jumping(jump: Jump | undefined): { readonly jump?: Jump } {
  return jump === undefined ? {} : { jump };
}
