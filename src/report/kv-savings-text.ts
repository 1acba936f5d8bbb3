import type { KvResult } from '../analysis/kv.js';
import { bar } from './bar.js';
import type { TextStyle } from './style.js';
import { formatTable, type Row } from './table.js';
import { formatNs, formatPercent } from './units.js';
import { wrapWords } from './wrap.js';

const BAR = 20;
const ROOM_FOR_BAR = 84;

/** What an edit of the cache could save at most, each with what is assumed. */
export function savingLines({ savings, basis }: KvResult, style: TextStyle): string[] {
  const { colors } = style;
  const largest = savings[0]!.perBlockNs;
  const withBar = style.width >= ROOM_FOR_BAR;
  const rows: Row[] = savings.map(({ edit, perBlockNs, gpuNs, idleNs, share }) => [
    { text: edit, paint: colors.bold },
    formatNs(perBlockNs),
    formatPercent(share),
    formatNs(gpuNs),
    formatNs(idleNs),
    ...(withBar ? [{ text: bar(perBlockNs / largest, BAR), paint: colors.green }] : []),
  ]);
  const [header = '', ...lines] = formatTable(
    [
      { header: 'edit' },
      { header: 'at most', align: 'right' },
      { header: 'of block', align: 'right' },
      { header: 'GPU', align: 'right' },
      { header: 'gaps', align: 'right' },
      ...(withBar ? [{ header: '' }] : []),
    ],
    rows,
    style,
    '  ',
  );
  const explained = lines.flatMap((line, i) => {
    const { removes, assumption } = savings[i]!;
    const text = `without ${removes.join(', ')}: ${assumption}`;
    return [line, ...wrapWords(text, style.width - 6).map((part) => colors.dim(`      ${part}`))];
  });
  const of = basis.role === 'steady' ? 'a steady block' : 'a block';
  return [
    colors.bold('Bounds') + colors.dim(`  at most saved, ${of}; they overlap and do not add up`),
    header,
    ...explained,
  ];
}
