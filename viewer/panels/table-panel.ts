import { formatExact, formatNs, plural } from '../../src/report/units.js';
import type { VisibleRow } from '../engine/protocol.js';
import type { PanelContext } from '../shell/panel-context.js';
import type { Panel } from '../shell/panel-host.js';
import { element, message } from './elements.js';
import { Latest } from './latest.js';
import { sortableTable } from './sortable-table.js';

const LIMIT = 500;
/** The view must have rested so long before the table follows it. */
const REST_MS = 250;

/** What is in view, as a table: the timeline for those who do not see it. In order of time. */
export const tablePanel: Panel = {
  id: 'table',
  title: 'Table',
  hint: 'What is in view, as a table',
  mount(host, context) {
    const latest = new Latest();
    const head = element('p', 'muted small table-head');
    head.setAttribute('role', 'status');
    const nothing = message('Open a trace first.');
    const body = element('div');
    host.append(head, nothing, body);
    const table = sortableTable<VisibleRow>(body, {
      caption: 'Events in view, in order of time',
      limit: 100,
      onRow: ({ ref }) => context.goTo(ref),
      columns: [
        { title: 'event', text: ({ name }) => name, hint: ({ name }) => name },
        { title: 'kind', text: ({ category }) => category },
        { title: 'track', text: ({ track }) => track },
        {
          title: 'start',
          numeric: true,
          text: ({ startNs }) => `${(startNs / 1e6).toFixed(3)} ms`,
          value: ({ startNs }) => startNs,
          hint: ({ startNs }) => `${formatExact(startNs)} ns`,
        },
        {
          title: 'duration',
          numeric: true,
          text: ({ durationNs }) => formatNs(durationNs),
          value: ({ durationNs }) => durationNs,
          hint: ({ durationNs }) => `${formatExact(durationNs)} ns`,
        },
      ],
    });
    let timer: ReturnType<typeof setTimeout> | undefined;

    function refresh(): void {
      const summary = context.summary(0);
      nothing.hidden = summary !== undefined;
      body.hidden = summary === undefined;
      if (summary === undefined) {
        head.textContent = '';
        return;
      }
      const { state } = context.store;
      // Until the view is first moved, the state leaves it open: it is the whole trace.
      const isWhole = state.endNs <= state.startNs;
      const startNs = isWhole ? 0 : state.startNs;
      const endNs = isWhole ? summary.endNs : state.endNs;
      const area = { slot: 0 as const, tracks: tracksInView(context), startNs, endNs };
      latest.ask(
        context.engine.visible(area, LIMIT),
        ({ rows, total }) => {
          head.textContent =
            `${plural(total, 'event')} in view, ${formatNs(endNs - startNs)}` +
            (total > rows.length
              ? `; the first ${formatExact(rows.length)} are listed: zoom in for the rest`
              : '');
          table.show(rows);
        },
        (error) => context.report(error),
      );
    }

    function soon(): void {
      clearTimeout(timer);
      timer = setTimeout(refresh, REST_MS);
    }

    refresh();
    const forget = context.store.listen((state, before) => {
      if (
        state.startNs !== before.startNs ||
        state.endNs !== before.endNs ||
        state.hidden !== before.hidden
      ) {
        soon();
      }
    });
    const forgetSummary = context.onSummary(refresh);
    return () => {
      clearTimeout(timer);
      latest.stop();
      forget();
      forgetSummary();
    };
  },
};

/** Tracks with events of their own that were not hidden. */
function tracksInView(context: PanelContext): string[] {
  const hidden = new Set(context.store.state.hidden);
  return (context.summary(0)?.tracks ?? [])
    .filter(({ kind, id }) => kind !== 'group' && kind !== 'counter' && !hidden.has(id))
    .map(({ id }) => id);
}
