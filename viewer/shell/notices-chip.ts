import { formatExact, plural } from '../../src/report/units.js';
import type { Slot, TraceSummary } from '../engine/protocol.js';
import { element } from './element.js';
import { icon } from './icons.js';
import { popoverOf } from './popover.js';
import type { TraceDesk } from './trace-desk.js';

const SLOTS: readonly Slot[] = [0, 1];

/** How much of the traces is not shown, in the header where it cannot be missed; opens the list of what and why. */
export function noticesChip(desk: TraceDesk): HTMLElement {
  const text = element('span', {});
  const button = element('button', { type: 'button', class: 'chip' }, icon('warning'), text);
  const place = element('div', { class: 'notices', hidden: true }, button);
  const open = (): TraceSummary[] =>
    SLOTS.map((slot) => desk.summary(slot)).filter((one) => one !== undefined);
  popoverOf(button, 'What was lost or left out', (box) => {
    box.classList.add('notice-list');
    for (const summary of open()) fill(box, summary);
  });
  const show = (): void => {
    const summaries = open();
    const notices = summaries.reduce((sum, one) => sum + one.notices.length, 0);
    const dropped = summaries.reduce((sum, one) => sum + one.dropped, 0);
    place.hidden = notices === 0 && dropped === 0;
    place.classList.toggle('lost', dropped > 0);
    text.textContent = dropped > 0 ? `${plural(dropped, 'record')} lost` : plural(notices, 'notice');
  };
  desk.listen(show);
  return place;
}

function fill(box: HTMLElement, { name, notices, dropped }: TraceSummary): void {
  box.append(element('h3', {}, name));
  const rows = notices.map(({ table, message, count }) =>
    element(
      'li',
      {},
      element('code', {}, table),
      element('span', {}, message),
      element('span', { class: 'count' }, count === undefined ? '' : formatExact(count)),
    ),
  );
  if (dropped > 0) {
    box.append(
      element(
        'p',
        { class: 'lost' },
        `The capture itself lost ${plural(dropped, 'record')}: what they say is in no picture here.`,
      ),
    );
  }
  box.append(
    rows.length === 0
      ? element('p', { class: 'hint' }, 'Nothing was left out on reading.')
      : element('ul', {}, ...rows),
  );
}
