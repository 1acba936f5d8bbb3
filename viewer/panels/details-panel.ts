import { formatExact, formatNs, formatPercent } from '../../src/report/units.js';
import type { EventDetails, EventRef, Fact } from '../engine/protocol.js';
import { formatTime } from '../render/axis.js';
import type { PanelContext } from '../shell/panel-context.js';
import type { Panel } from '../shell/panel-host.js';
import { causeSwatch } from './cause-swatch.js';
import { button, element, message } from './elements.js';
import { factHint, factText } from './fact-text.js';
import { Latest } from './latest.js';

/** All that is known of the selected event. */
export const detailsPanel: Panel = {
  id: 'details',
  title: 'Details',
  hint: 'The selected event',
  mount(host, context) {
    const latest = new Latest();
    let shown: EventRef | undefined;
    const update = (): void => {
      const { selection } = context.store.state;
      if (selection?.kind !== 'event') {
        shown = undefined;
        latest.stop();
        host.replaceChildren(
          message('Click an event to see what it is.', 'Or Tab to the timeline and press . or ,'),
        );
        return;
      }
      const { ref } = selection;
      if (shown !== undefined && same(shown, ref)) return;
      // An address may name an event before the trace is open, or before its track is worked out.
      const isKnown = context.summary(ref.slot)?.tracks.some(({ id }) => id === ref.track) === true;
      if (!isKnown && !context.isReady(ref.slot)) {
        host.replaceChildren(message('Working it out …'));
        return;
      }
      shown = ref;
      latest.ask(
        context.engine.details(ref),
        (details) => {
          host.replaceChildren(...describe(details, context));
          host.scrollTop = 0;
        },
        (error) => {
          host.replaceChildren(message('This event could not be described.'));
          context.report(error);
        },
      );
    };
    update();
    const forget = context.store.listen(update);
    const forgetSummary = context.onSummary(() => {
      shown = undefined;
      update();
    });
    return () => {
      forget();
      forgetSummary();
      latest.stop();
    };
  },
};

function same(a: EventRef, b: EventRef): boolean {
  return a.slot === b.slot && a.track === b.track && a.event === b.event;
}

/** The longest real names have some ten thousand letters; one of a million takes seconds to lay out. */
const LONGEST = 20_000;

function cut(text: string): string {
  return text.length <= LONGEST
    ? text
    : `${text.slice(0, LONGEST)}… (${formatExact(text.length)} characters)`;
}

function describe(details: EventDetails, context: PanelContext): HTMLElement[] {
  const title = element('h2', 'event-title', cut(details.title));
  title.title = cut(details.title);
  const head = element('div', 'event-head', title);
  if (details.subtitle !== '') head.append(element('p', 'muted event-subtitle', cut(details.subtitle)));
  const nodes: HTMLElement[] = [head];
  if (details.path.length > 0) {
    const path = element('ol', 'event-path');
    path.setAttribute('aria-label', 'Ranges around it, outermost first');
    for (const name of details.path) path.append(element('li', '', cut(name)));
    nodes.push(path);
  }
  const columns = element('div', 'event-columns');
  if (details.parts !== undefined) columns.append(partsOf(details, context));
  columns.append(factsOf(details, context));
  // An op names its launch, and a gap the ops around it, among the facts.
  if (details.kind === 'calls' && details.peers.length > 0) columns.append(linksOf(details, context));
  nodes.push(columns);
  return nodes;
}

/** A gap's parts. They sum to its length, and the last line says so. */
function partsOf(details: EventDetails, context: PanelContext): HTMLElement {
  const table = element('table', 'data parts');
  table.append(element('caption', 'small muted', 'Where this gap goes'));
  const body = element('tbody');
  for (const { cause, ns } of details.parts ?? []) {
    const name = element('td', '', causeSwatch(cause), ' ', cause);
    const time = element('td', 'number', formatNs(ns));
    time.title = `${formatExact(ns)} ns`;
    const share = element(
      'td',
      'number muted',
      formatPercent(details.durationNs === 0 ? 0 : ns / details.durationNs),
    );
    body.append(element('tr', '', name, time, share));
  }
  const sum = (details.parts ?? []).reduce((total, { ns }) => total + ns, 0);
  const total = element(
    'tr',
    'total',
    element('td', '', 'gap'),
    element('td', 'number', formatNs(sum)),
    element('td'),
  );
  total.title = `${formatExact(sum)} ns`;
  body.append(total);
  table.append(body);
  const box = element('div', 'event-parts', table);
  if (details.hotspot !== undefined) {
    box.append(button('All like this', 'quiet', () => context.store.update({ side: 'hotspots' })));
  }
  return box;
}

function factsOf(details: EventDetails, context: PanelContext): HTMLElement {
  const list = element('dl', 'facts');
  const when: readonly Fact[] = [
    { label: 'Duration', value: details.durationNs, unit: 'ns' },
    { label: 'Start', value: formatTime(details.startNs, 1), unit: 'text' },
  ];
  for (const fact of [...when, ...details.facts]) {
    const value = element('dd');
    const { goTo } = fact;
    if (goTo !== undefined) value.append(button(factText(fact), 'go', () => context.goTo(goTo)));
    else value.append(factText(fact));
    const hint = factHint(fact);
    if (hint !== undefined) value.title = hint;
    if (fact.note !== undefined) value.append(' ', element('span', 'muted', fact.note));
    list.append(element('div', '', element('dt', 'muted', fact.label), value));
  }
  return list;
}

/** Peers listed at once; a graph launch can have thousands. */
const MAX_LINKS = 12;

function linksOf(details: EventDetails, context: PanelContext): HTMLElement {
  const list = element('ul', 'event-links');
  for (const { ref, label } of details.peers.slice(0, MAX_LINKS)) {
    const go = button(label, 'go', () => context.goTo(ref));
    list.append(element('li', '', element('span', 'muted', 'launched '), go));
  }
  const left = details.peers.length - MAX_LINKS;
  if (left > 0) list.append(element('li', 'muted', `and ${formatExact(left)} more`));
  return list;
}
