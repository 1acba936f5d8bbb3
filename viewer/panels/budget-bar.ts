import { CAUSES } from '../../src/analysis/causes.js';
import type { DeviceGapsResult } from '../../src/analysis/gaps.js';
import { formatNs } from '../../src/report/units.js';
import { causeLook } from '../render/colours.js';
import { swatch } from '../render/swatch.js';
import { element } from './elements.js';
import { isDark } from './dark.js';

/** Idle time as one bar, its parts in proportion; the table beside it says the same in words. */
export function budgetBar({ idleByCause, idleNs }: DeviceGapsResult): HTMLElement {
  const bar = element('div', 'budget-bar');
  bar.setAttribute('aria-hidden', 'true');
  const dark = isDark();
  const parts = CAUSES.map((cause) => ({ cause, ns: idleByCause[cause] }))
    .filter(({ ns }) => ns > 0)
    .sort((a, b) => b.ns - a.ns);
  for (const { cause, ns } of parts) {
    const part = element('span', 'budget-part');
    part.style.flexGrow = String(ns / idleNs);
    part.title = `${cause}: ${formatNs(ns)}`;
    const tile = swatch(causeLook(cause, dark), dark, 12);
    part.style.backgroundImage = `url(${tile.toDataURL()})`;
    bar.append(part);
  }
  return bar;
}
