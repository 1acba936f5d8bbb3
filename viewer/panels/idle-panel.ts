import type { GapsResult } from '../../src/analysis/gaps.js';
import { CAUSES, type Cause } from '../../src/analysis/causes.js';
import { meaningOf } from '../../src/report/causes.js';
import { formatExact, formatNs, formatPercent, plural } from '../../src/report/units.js';
import type { Panel } from '../shell/panel-host.js';
import { budgetBar } from './budget-bar.js';
import { causeSwatch } from './cause-swatch.js';
import { element, message } from './elements.js';
import { showFindings } from './findings-source.js';
import { sortableTable } from './sortable-table.js';

/** The idle budget: busy and every cause, which sum to the window exactly. */
export const idlePanel: Panel = {
  id: 'idle',
  title: 'Idle',
  hint: 'Where the GPU waits, and for what',
  mount: (host, context) =>
    showFindings(host, context, (body, { findings }) => {
      if ('refused' in findings.gaps) return void body.append(message(findings.gaps.refused));
      showBudget(body, findings.gaps.result);
      return undefined;
    }),
};

function showBudget(body: HTMLElement, result: GapsResult): void {
  const device = result.devices[0];
  if (device === undefined) return void body.append(message('This device ran nothing.'));
  const { window, busyNs, idleNs, idleByCause, gapCount, ops } = device;
  const head = element('div', 'figures');
  for (const [label, value, hint] of [
    ['busy', formatPercent(busyNs / window.spanNs), `${formatExact(busyNs)} ns`],
    ['idle', formatNs(idleNs), `${formatExact(idleNs)} ns`],
    ['gaps', formatExact(gapCount), ''],
  ] as const) {
    const figure = element('div', 'figure', element('b', '', value), element('span', 'muted', label));
    if (hint !== '') figure.title = hint;
    head.append(figure);
  }
  body.append(head, budgetBar(device));

  const rows = CAUSES.map((cause) => ({ cause, ns: idleByCause[cause] })).filter(({ ns }) => ns > 0);
  sortableTable<{ readonly cause: Cause; readonly ns: number }>(body, {
    caption: 'Idle time by cause',
    sortBy: 1,
    columns: [
      {
        title: 'cause',
        text: ({ cause }) => cause,
        hint: ({ cause }) => meaningOf(cause),
        mark: ({ cause }) => causeSwatch(cause),
      },
      {
        title: 'time',
        numeric: true,
        text: ({ ns }) => formatNs(ns),
        value: ({ ns }) => ns,
        hint: ({ ns }) => `${formatExact(ns)} ns`,
      },
      {
        title: 'of idle',
        numeric: true,
        text: ({ ns }) => formatPercent(ns / idleNs),
        value: ({ ns }) => ns,
      },
      {
        title: 'of window',
        numeric: true,
        text: ({ ns }) => formatPercent(ns / window.spanNs),
        value: ({ ns }) => ns,
      },
    ],
  }).show(rows);
  body.append(
    element(
      'p',
      'muted small closing',
      `Of ${formatExact(window.spanNs)} ns: ${formatExact(busyNs)} busy + ${formatExact(idleNs)} idle. ` +
        `${plural(ops.kernel, 'kernel')}, ${plural(ops.memcpy, 'copy', 'copies')}, ${plural(ops.memset, 'set')}.` +
        (device.unknownLaunches > 0
          ? ` The launch of ${plural(device.unknownLaunches, 'op')} that ended a gap is not in the trace.`
          : '') +
        (device.negativeDurations > 0
          ? ` ${plural(device.negativeDurations, 'op')} of negative duration counted as 0.`
          : ''),
    ),
  );
}
