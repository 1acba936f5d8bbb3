import type { Cause } from '../../analysis/causes.js';
import type { Hotspot } from '../../analysis/hotspots.js';
import { gapSpot } from '../document/spot.js';
import { gapsOf, type ReportResults } from '../results.js';
import { hotspotRow, jumping } from '../sections/rows.js';
import { formatExact, formatNs } from '../units.js';
import type { Claim, Evidence } from './finding.js';

/** Hotspots that pass, largest first. */
export function hotspotsWith(results: ReportResults, accept: (spot: Hotspot) => boolean): Hotspot[] {
  return gapsOf(results).hotspots.filter(accept);
}

/** The first so many hotspots, each with where its longest gap is. */
export function examplesOf(results: ReportResults, spots: readonly Hotspot[], count: number): Evidence[] {
  return spots.slice(0, count).map((spot) => ({
    text: `${spot.before} → ${spot.after}: ${formatExact(spot.count)} gaps, median ${formatNs(spot.medianNs)}, ${formatNs(spot.totalNs)} in all; the longest, ${formatNs(spot.example.durationNs)},`,
    place: { ...gapSpot(spot.example), path: spot.path },
    ...jumping(hotspotRow(results, spot)),
  }));
}

/** Claims on all idle time of these causes. */
export function idleClaims(
  idleByCause: Readonly<Partial<Record<Cause, number>>>,
  causes: readonly Cause[],
): Claim[] {
  return causes
    .map((cause) => ({ pool: `idle:${cause}`, ns: idleByCause[cause] ?? 0 }))
    .filter(({ ns }) => ns > 0);
}

/** Claims on the idle time of hotspots, by their main causes. */
export function hotspotClaims(spots: readonly Hotspot[]): Claim[] {
  const byCause = new Map<Cause, number>();
  for (const { cause, totalNs } of spots) byCause.set(cause, (byCause.get(cause) ?? 0) + totalNs);
  return [...byCause].map(([cause, ns]) => ({ pool: `idle:${cause}`, ns }));
}
