import type { BreakdownNode, DeviceBreakdown, LayerRow } from '../../analysis/breakdown-result.js';
import { ratio } from '../budget-text.js';
import { IDLE, paintOfCause, paintOfPart } from '../charts/palette.js';
import type { Paint } from '../charts/paint.js';
import { stackedBarsChart } from '../charts/stacked-bars.js';
import type { Block, Section, TableBlock } from '../document/blocks.js';
import { atCell, countCell, nameCell, shareCell, timeCell } from '../document/cells.js';
import { opSpot, rangeSpot, type Spot } from '../document/spot.js';
import { partKey } from '../examples.js';
import { layersOf, type ReportResults } from '../results.js';
import { formatNs, formatPercent, plural } from '../units.js';
import { listedPlaces, TITLES } from './rows.js';
/** Rows of the table with less of the window than this are in the chart's remainder. */
const LEAST_SHARE = 0.004;

export function layersSection(results: ReportResults): Section {
  const device = layersOf(results);
  return {
    id: 'layers',
    title: TITLES.layers,
    question:
      'What does each part of a transformer layer cost, and each part of a block outside of the layers?',
    blocks:
      device === undefined
        ? [{ kind: 'note', text: 'refused' in results.layers ? results.layers.refused : 'Nothing ran.' }]
        : [
            ...layerTable(device, results.examples),
            ...(device.tree.length > 1 ? [treeTable(device, results.examples)] : []),
          ],
  };
}

type Examples = ReportResults['examples'];

function layerTable(device: DeviceBreakdown, examples: Examples): Block[] {
  const { rows, passes, blocks, layers } = device.layerTable;
  if (rows.length === 0) return [{ kind: 'note', text: 'The trace has no ranges that tell layers apart.' }];
  const counted = `${plural(passes, 'pass', 'passes')} through ${plural(layers.length, 'layer')} in ${plural(blocks, 'block')}`;
  return [
    layerChart(device),
    {
      kind: 'table',
      caption: `The layer table: ${counted}. Its rows sum to the window.`,
      columns: [
        { header: 'part' },
        { header: 'where' },
        { header: 'total', align: 'right', term: 'gpuTime' },
        { header: 'of window', align: 'right', term: 'window' },
        { header: 'each', align: 'right' },
        { header: 'p95', align: 'right' },
        { header: 'times', align: 'right' },
        { header: 'a block', align: 'right' },
        { header: 'waits before', align: 'right', term: 'gap' },
        { header: 'longest op at', align: 'right' },
      ],
      rows: rows.map((row) => [
        nameCell(row.label, paintOf(row)),
        row.scope === 'layer' ? 'in layers' : 'outside layers',
        timeCell(row.ns),
        shareCell(row.share),
        timeCell(row.count === 0 ? undefined : row.each.meanNs),
        timeCell(row.count === 0 ? undefined : row.each.p95Ns),
        { ...countCell(row.count), full: `counted a ${row.per}` },
        timeCell(row.perBlockNs),
        timeCell(row.kind === 'busy' ? row.idleBeforeNs : undefined),
        atCell(partSpot(row, examples)),
      ]),
    },
  ];
}

/** Waits have their examples in the hotspots; which layer is the first, an op does not say. */
function partSpot({ scope, part, layers }: LayerRow, { parts }: Examples): Spot | undefined {
  const example = part === undefined || layers === 'first' ? undefined : parts.get(partKey(scope, part));
  return example && opSpot(example);
}

function paintOf({ kind, part, cause }: LayerRow): Paint {
  if (kind === 'idle') return cause === undefined ? IDLE : paintOfCause(cause);
  return paintOfPart(part ?? 'other');
}

/** Two bars: within layers and outside; busy parts first, then the waits as one. */
function layerChart({ layerTable: { rows }, window }: DeviceBreakdown): Block {
  const shown = rows.filter(({ kind, share }) => kind === 'busy' && share >= LEAST_SHARE);
  const scopes = (['layer', 'block'] as const).filter((scope) =>
    rows.some((row) => row.scope === scope && row.ns > 0),
  );
  const idleNs = scopes.map((scope) => sumOf(rows, scope, ({ kind }) => kind === 'idle'));
  const restNs = scopes.map((scope) =>
    sumOf(rows, scope, (row) => row.kind === 'busy' && !shown.includes(row)),
  );
  const series = [
    ...shown.map(({ label, ns, ...row }) => ({ name: label, paint: paintOf({ label, ns, ...row }), ns })),
    { name: 'everything else', paint: paintOfPart('other'), ns: sum(restNs) },
    { name: 'waits', paint: IDLE, ns: sum(idleNs) },
  ].filter(({ ns }) => ns > 0);
  const charted = scopes.map((scope, i) => ({
    name: scope === 'layer' ? 'in layers' : 'outside layers',
    partsNs: series.map(({ name }) => {
      if (name === 'waits') return idleNs[i]!;
      if (name === 'everything else') return restNs[i]!;
      return shown.find((row) => row.label === name && row.scope === scope)?.ns ?? 0;
    }),
  }));
  return {
    kind: 'chart',
    caption: 'The window by part of the model',
    legend: series.map(({ ns, ...one }) => ({ ...one, value: formatPercent(ratio(ns, window.spanNs)) })),
    draw: (size) =>
      stackedBarsChart(
        {
          title: 'Time in and outside of the transformer layers, by part',
          description: `${series.map(({ name, ns }) => `${name} ${formatNs(ns)}`).join(', ')}.`,
          series,
          rows: charted,
        },
        size,
      ),
  };
}

function sumOf(
  rows: readonly LayerRow[],
  scope: LayerRow['scope'],
  accept: (row: LayerRow) => boolean,
): number {
  return sum(rows.filter((row) => row.scope === scope && accept(row)).map(({ ns }) => ns));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The largest places of the tree, in its order, set in by their depth. */
function treeTable({ tree }: DeviceBreakdown, { places }: Examples): TableBlock {
  const shown = listedPlaces(tree);
  const omitted = tree.length - shown.length;
  return {
    kind: 'table',
    caption: 'The tree of ranges: each place with all that is inside it',
    rowId: 'place',
    columns: [
      { header: 'place', term: 'path' },
      { header: 'instances', align: 'right', term: 'instances' },
      { header: 'GPU busy', align: 'right', term: 'gpuTime' },
      { header: 'own', align: 'right' },
      { header: 'waits', align: 'right', term: 'gap' },
      { header: 'of window', align: 'right', term: 'window' },
      { header: 'mean', align: 'right' },
      { header: 'p95', align: 'right' },
      { header: 'longest at', align: 'right' },
    ],
    rows: shown.map((node) => [
      { text: `${'\u00a0\u00a0'.repeat(node.depth)}${node.template}`, code: true, full: node.path },
      countCell(node.instances),
      timeCell(node.busyNs),
      timeCell(node.ownBusyNs),
      timeCell(node.idleNs),
      shareCell(node.share),
      timeCell(node.duration?.meanNs),
      timeCell(node.duration?.p95Ns),
      atCell(placeSpot(node, places)),
    ]),
    ...(omitted > 0
      ? { omitted: `${plural(omitted, 'smaller place')}: gapscope breakdown --top all lists them.` }
      : {}),
  };
}

function placeSpot({ path, duration }: BreakdownNode, places: Examples['places']): Spot | undefined {
  const example = duration === undefined ? undefined : places.get(path);
  return example && rangeSpot(example);
}
