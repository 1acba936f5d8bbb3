import { printable } from '../../src/report/printable.js';
import { formatNs, plural } from '../../src/report/units.js';
import type { Slot, TraceSummary } from '../engine/protocol.js';
import { element, toolButton } from './element.js';
import { icon } from './icons.js';
import type { TraceDesk } from './trace-desk.js';

const MAX_GPUS = 2;

/** Name of the trace and what is in it; with two, both names, and a button that puts the second away. */
export function traceTitle(desk: TraceDesk): HTMLElement {
  const name = element('h1', {}, 'gapscope');
  const facts = element('p', { class: 'facts' });
  const otherName = element('span', { class: 'name' });
  const close = toolButton('Stop comparing', [icon('close')], () => void desk.close(1));
  const other = element(
    'div',
    { class: 'other', hidden: true },
    element('span', { class: 'versus' }, 'against'),
    otherName,
    close,
  );
  const place = element('div', { class: 'title' }, name, other, facts);
  desk.listen((slot: Slot) => {
    const first = desk.summary(0);
    const second = desk.summary(1);
    name.replaceChildren(...named(first?.name ?? 'gapscope'));
    name.title = first?.name ?? '';
    document.title = first === undefined ? 'gapscope' : `${first.name} · gapscope`;
    facts.textContent = first === undefined ? '' : factsOf(first);
    facts.title = facts.textContent;
    other.hidden = second === undefined;
    if (slot === 1) {
      otherName.replaceChildren(...named(second?.name ?? ''));
      otherName.title = second === undefined ? '' : `${second.name}: ${factsOf(second)}`;
    }
  });
  return place;
}

/** The name; what all names end with goes where two of them have little room. */
function named(name: string): readonly (string | HTMLElement)[] {
  const [, stem = name, ending = ''] = /^(.+)(\.trace)$/.exec(name) ?? [];
  return [printable(stem), ...(ending === '' ? [] : [element('span', { class: 'ending' }, ending)])];
}

/** `NVIDIA H200 · 40,212 ops · 81,003 calls · 1.98 s` */
function factsOf({ devices, tracks, ops, calls, processes, endNs }: TraceSummary): string {
  // The model is what its track says beside its number.
  const models = new Map(tracks.map(({ id, detail }) => [id, detail]));
  const gpus = devices.map(({ track, label }) => models.get(track) || label);
  const more = gpus.length > MAX_GPUS ? [`${gpus.length - MAX_GPUS} more GPUs`] : [];
  return [
    ...gpus.slice(0, MAX_GPUS),
    ...more,
    ...(processes > 1 ? [plural(processes, 'process', 'processes')] : []),
    plural(ops, 'op'),
    plural(calls, 'call'),
    formatNs(endNs),
  ].join(' · ');
}
