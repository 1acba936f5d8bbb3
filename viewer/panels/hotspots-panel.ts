import type { GapsResult } from '../../src/analysis/gaps.js';
import type { Hotspot } from '../../src/analysis/hotspots.js';
import { formatExact, formatNs, formatPercent, plural } from '../../src/report/units.js';
import type { PanelContext } from '../shell/panel-context.js';
import type { Panel } from '../shell/panel-host.js';
import { causeSwatch } from './cause-swatch.js';
import { button, element, message } from './elements.js';
import { showFindings, type FoundOn } from './findings-source.js';
import { Latest } from './latest.js';
import { sortableTable } from './sortable-table.js';

/** Groups of like gaps, largest first. A click goes to the longest; the arrows step through the rest in order of time. */
export const hotspotsPanel: Panel = {
  id: 'hotspots',
  title: 'Hotspots',
  hint: 'Gaps grouped by what ran before and after, and where',
  mount: (host, context) =>
    showFindings(host, context, (body, found) => {
      if ('refused' in found.findings.gaps) return void body.append(message(found.findings.gaps.refused));
      return showHotspots(body, context, found, found.findings.gaps.result);
    }),
};

/** `Engine.hotspotExamples`: the longest of them. */
const LONGEST = -1;

interface Row {
  readonly index: number;
  readonly spot: Hotspot;
}

function showHotspots(
  body: HTMLElement,
  context: PanelContext,
  found: FoundOn,
  result: GapsResult,
): () => void {
  const device = result.devices[0];
  const latest = new Latest();
  if (device === undefined || device.hotspots.length === 0) {
    body.append(message('This device never waited.'));
    return () => undefined;
  }
  const stepper = element('div', 'stepper');
  stepper.hidden = true;
  body.append(stepper);
  let current = -1;

  const table = sortableTable<Row>(body, {
    caption: 'Hotspots: groups of like gaps',
    limit: 25,
    isCurrent: ({ index }) => index === current,
    onRow: ({ index, spot }) => open(index, spot),
    columns: [
      {
        title: 'between',
        text: ({ spot }) => `${spot.before} → ${spot.after}`,
        hint: ({ spot }) => `${spot.path}\n${spot.cause}`,
        mark: ({ spot }) => causeSwatch(spot.cause),
      },
      {
        title: 'total',
        numeric: true,
        text: ({ spot }) => formatNs(spot.totalNs),
        value: ({ spot }) => spot.totalNs,
        hint: ({ spot }) => `${formatExact(spot.totalNs)} ns`,
      },
      {
        title: 'share',
        numeric: true,
        text: ({ spot }) => formatPercent(spot.share),
        value: ({ spot }) => spot.share,
      },
      {
        title: 'count',
        numeric: true,
        text: ({ spot }) => formatExact(spot.count),
        value: ({ spot }) => spot.count,
      },
      {
        title: 'median',
        numeric: true,
        text: ({ spot }) => formatNs(spot.medianNs),
        value: ({ spot }) => spot.medianNs,
      },
    ],
  });
  table.show(device.hotspots.map((spot, index) => ({ index, spot })));

  function open(index: number, spot: Hotspot): void {
    current = index;
    table.refresh();
    const count = element('span', 'muted tabular');
    const back = button('‹', 'step', () => go(-1));
    back.setAttribute('aria-label', 'Previous gap like this');
    const on = button('›', 'step', () => go(1));
    on.setAttribute('aria-label', 'Next gap like this');
    const path = element('span', 'muted path', spot.path);
    path.title = spot.path;
    const text = element('div', 'stepper-text', element('b', '', `${spot.before} → ${spot.after}`), path);
    stepper.replaceChildren(text, back, count, on);
    stepper.hidden = false;
    let at = 0;
    let total = spot.count;
    const show = (from: number): void => {
      const answer = context.engine.hotspotExamples(found.slot, found.device, index, from, 1);
      latest.ask(
        answer,
        (gaps) => {
          at = gaps.first;
          total = gaps.total;
          count.textContent = `${formatExact(at + 1)} of ${plural(total, 'gap')}`;
          const ref = gaps.refs[0];
          if (ref !== undefined) context.goTo(ref);
          context.announce(`Gap ${at + 1} of ${total}`);
        },
        (error) => context.report(error),
      );
    };
    const go = (step: number): void => show((at + step + total) % total);
    show(LONGEST);
  }

  return () => latest.stop();
}
