import type { KvResult, KvRow } from '../../src/analysis/kv-result.js';
import { formatBytes, formatExact, formatNs, formatPercent, plural } from '../../src/report/units.js';
import type { Panel } from '../shell/panel-host.js';
import { classSwatch } from './cause-swatch.js';
import { element, message } from './elements.js';
import { showFindings } from './findings-source.js';
import { notices } from './notices.js';
import { sortableTable } from './sortable-table.js';

/** What keeping the KV cache costs: time, gaps, bytes against the memory's bandwidth. */
export const kvPanel: Panel = {
  id: 'kv',
  title: 'KV cache',
  hint: 'What keeping the KV cache costs',
  mount: (host, context) =>
    showFindings(host, context, (body, { findings }) => {
      if ('refused' in findings.kv) return void body.append(message(findings.kv.refused));
      showKv(body, findings.kv.result);
      return undefined;
    }),
};

function showKv(body: HTMLElement, result: KvResult): void {
  const { total, shareOfBlock, peak } = result;
  const figures = element('div', 'figures');
  const add = (value: string, label: string, hint = ''): void => {
    const figure = element('div', 'figure', element('b', '', value), element('span', 'muted', label));
    if (hint !== '') figure.title = hint;
    figures.append(figure);
  };
  if (shareOfBlock !== undefined) {
    add(formatPercent(shareOfBlock), `of a ${result.basis.role === 'steady' ? 'steady ' : ''}block`);
  }
  add(formatNs(total.gpuNs), 'GPU time', `${formatExact(total.gpuNs)} ns`);
  add(formatNs(total.idleNs), 'waiting', `${formatExact(total.idleNs)} ns`);
  if (total.bytes !== undefined) add(formatBytes(total.bytes), 'moved');
  body.append(figures);
  sortableTable<KvRow>(body, {
    caption: 'KV-cache operations',
    sortBy: 2,
    columns: [
      {
        title: 'operation',
        text: ({ operation }) => operation,
        mark: ({ operation }) => classSwatch(operation),
        hint: ({ ops }) => plural(ops, 'op'),
      },
      { title: 'when', text: ({ phase }) => phase },
      { title: 'GPU', numeric: true, text: ({ gpuNs }) => formatNs(gpuNs), value: ({ gpuNs }) => gpuNs },
      { title: 'gaps', numeric: true, text: ({ idleNs }) => formatNs(idleNs), value: ({ idleNs }) => idleNs },
      {
        title: 'rate',
        numeric: true,
        text: ({ bytesPerSecond, bytesFrom }) =>
          bytesPerSecond === undefined
            ? ''
            : `${bytesFrom === 'estimated' ? '≈ ' : ''}${formatBytes(bytesPerSecond)}/s`,
        value: ({ bytesPerSecond }) => bytesPerSecond ?? 0,
        hint: ({ shareOfPeak }) =>
          shareOfPeak === undefined || peak === undefined
            ? ''
            : `${formatPercent(shareOfPeak)} of ${formatBytes(peak.bytesPerSecond)}/s`,
      },
    ],
  }).show(result.rows);
  if (result.savings.length > 0) {
    body.append(element('h2', 'panel-heading', 'What an edit could save at most'));
    sortableTable<KvResult['savings'][number]>(body, {
      caption: 'Upper bounds of what edits could save',
      columns: [
        {
          title: 'edit',
          text: ({ edit }) => edit.replaceAll('+', ' + '),
          hint: ({ assumption }) => assumption,
        },
        {
          title: 'a block',
          numeric: true,
          text: ({ perBlockNs }) => formatNs(perBlockNs),
          value: ({ perBlockNs }) => perBlockNs,
        },
        {
          title: 'share',
          numeric: true,
          text: ({ share }) => formatPercent(share),
          value: ({ share }) => share,
        },
      ],
    }).show(result.savings);
    body.append(element('p', 'muted small', 'Upper bounds; they overlap and do not add up.'));
  }
  notices(body, [...result.estimates, ...result.notices]);
}
