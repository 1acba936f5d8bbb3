import { formatExact, formatNs, formatPercent, plural } from '../../src/report/units.js';
import type { AggregateRow, Area, AreaResult } from '../engine/protocol.js';
import type { PanelContext } from '../shell/panel-context.js';
import type { Panel } from '../shell/panel-host.js';
import { causeSwatch } from './cause-swatch.js';
import { button, element, message } from './elements.js';
import { Latest } from './latest.js';
import { selectedArea } from './selected-area.js';
import { sortableTable } from './sortable-table.js';

const VIEWS = [
  { id: 'byKernel', title: 'By kernel', column: 'kernel' },
  { id: 'byRange', title: 'By range', column: 'range' },
  { id: 'byCause', title: 'By cause', column: 'cause' },
] as const;
type View = (typeof VIEWS)[number];

/** Sums over the selected time and tracks. Events that reach over its edge count with what lies inside. */
export const areaPanel: Panel = {
  id: 'area',
  title: 'Selection',
  hint: 'Sums over the selected time',
  mount(host, context) {
    const latest = new Latest();
    let view: View = VIEWS[0];
    let asked: Area | undefined;
    const update = (): void => {
      const area = selectedArea(context);
      if (area === undefined) {
        asked = undefined;
        latest.stop();
        host.replaceChildren(
          message('Drag over the timeline to select time.', 'Or select an event and press M.'),
        );
        return;
      }
      // An address may name an area before there is a trace.
      if (context.summary(area.slot) === undefined) return;
      if (asked !== undefined && JSON.stringify(asked) === JSON.stringify(area)) return;
      asked = area;
      latest.ask(
        context.engine.aggregate(area),
        (result) => draw(result),
        (error) => context.report(error),
      );
    };
    const draw = (result: AreaResult): void => {
      host.replaceChildren(
        ...show(result, context, view, (next) => {
          view = next;
          draw(result);
        }),
      );
    };
    update();
    const forget = context.store.listen(update);
    const forgetSummary = context.onSummary(() => {
      asked = undefined;
      update();
    });
    return () => {
      forget();
      forgetSummary();
      latest.stop();
    };
  },
};

function show(
  result: AreaResult,
  context: PanelContext,
  view: View,
  choose: (view: View) => void,
): HTMLElement[] {
  const spanNs = result.area.endNs - result.area.startNs;
  const head = element('div', 'area-head');
  const span = element('span', '', element('b', 'tabular', formatNs(spanNs)), ' selected');
  span.title = `${formatExact(spanNs)} ns`;
  head.append(span);
  for (const { label, busyNs, idleNs } of result.devices) {
    const share = busyNs + idleNs === 0 ? 0 : busyNs / (busyNs + idleNs);
    const text = element(
      'span',
      'muted',
      `${label}: busy ${formatNs(busyNs)} (${formatPercent(share)}), idle ${formatNs(idleNs)}`,
    );
    text.title = `${formatExact(busyNs)} + ${formatExact(idleNs)} ns`;
    head.append(text);
  }
  const choice = element('div', 'choices');
  choice.setAttribute('role', 'group');
  choice.setAttribute('aria-label', 'Sum by');
  for (const one of VIEWS) {
    const made = button(one.title, 'choice', () => choose(one));
    made.setAttribute('aria-pressed', String(one === view));
    choice.append(made);
  }
  head.append(choice);
  const body = element('div', 'area-body');
  const rows = result[view.id];
  if (rows.length === 0) body.append(message('Nothing of this kind lies in the selection.'));
  else table(body, rows, spanNs, view, context);
  if (result.omitted > 0) {
    body.append(
      element('p', 'muted small', `${plural(result.omitted, 'smaller row')} left out of the lists.`),
    );
  }
  return [head, body];
}

function table(
  host: HTMLElement,
  rows: readonly AggregateRow[],
  spanNs: number,
  view: View,
  context: PanelContext,
): void {
  sortableTable<AggregateRow>(host, {
    caption: `${view.title}, in the selection`,
    sortBy: 2,
    onRow: ({ example }) => context.goTo(example),
    columns: [
      {
        title: view.column,
        text: ({ label }) => label,
        hint: ({ label }) => label,
        mark: ({ label }) => (view.id === 'byCause' ? causeSwatch(label) : undefined),
      },
      { title: 'count', numeric: true, text: ({ count }) => formatExact(count), value: ({ count }) => count },
      {
        title: 'total',
        numeric: true,
        text: ({ totalNs }) => formatNs(totalNs),
        value: ({ totalNs }) => totalNs,
        hint: ({ totalNs }) => `${formatExact(totalNs)} ns`,
      },
      {
        title: 'of time',
        numeric: true,
        text: ({ totalNs }) => formatPercent(totalNs / spanNs),
        value: ({ totalNs }) => totalNs,
      },
      {
        title: 'mean',
        numeric: true,
        text: ({ totalNs, count }) => formatNs(totalNs / count),
        value: ({ totalNs, count }) => totalNs / count,
      },
      { title: 'min', numeric: true, text: ({ minNs }) => formatNs(minNs), value: ({ minNs }) => minNs },
      { title: 'max', numeric: true, text: ({ maxNs }) => formatNs(maxNs), value: ({ maxNs }) => maxNs },
    ],
  }).show(rows);
}
