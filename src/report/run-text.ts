import { optionChanges } from '../runs/option-changes.js';
import type { CataloguedRun, Quality } from '../runs/run-record.js';
import { formatMs, signedPercent } from './blocks-text.js';
import { wrapped } from './device-header.js';
import { printable } from './printable.js';
import { optionsText } from './run-log-columns.js';
import { pad } from './shorten.js';
import type { TextStyle } from './style.js';
import { formatBytes, formatNs, formatPercent, plural } from './units.js';

const LABEL = 16;
const QUALITY_DIGITS = 4;

type Fact = readonly [label: string, value: string | undefined];

/** `gapscope runs show` for people. `base`: the run it was built on. */
export function runText(run: CataloguedRun, base: CataloguedRun | undefined, style: TextStyle): string[] {
  const { colors } = style;
  const { facts } = run;
  const changes = base === undefined ? [] : optionChanges(base.facts.options, facts.options);
  const options = Object.entries(facts.options).map(([name, value]) => `${name} ${String(value)}`);
  const section = (title: string, rows: readonly Fact[]): string[] => {
    const lines = rows.flatMap(([label, value]) => factLines(label, value, style));
    return lines.length === 0 ? [] : ['', colors.bold(title), ...lines];
  };
  return [
    colors.bold(printable(run.name)) + colors.dim(`  added ${printable(run.addedAt)}`),
    ...[
      ['change', run.change],
      ['base', run.base],
      ['verdict', run.verdict],
      ['note', run.note],
    ].flatMap(([label, value]) => factLines(label ?? '', value, style)),
    ...section('Figures', figures(run)),
    ...section('Predicted', predicted(run)),
    ...section('Output', [
      ['peak memory', facts.peakMemoryBytes === undefined ? undefined : formatBytes(facts.peakMemoryBytes)],
      ...qualityFacts(facts.quality),
    ]),
    ...section('Recorded', [
      ['trace', run.path],
      ['fingerprint', run.fingerprint.slice(0, 16)],
      ['GPU', facts.gpu],
      ['driver', facts.driver],
      ['torch', facts.torch],
      ['CUDA', facts.cuda],
      ['command', facts.command],
      [
        'measured with',
        Object.entries(run.measuredWith)
          .map(([flag, value]) => `${flag} ${String(value)}`)
          .join(', '),
      ],
      ['changed options', optionsText(changes, changes.length)],
      [
        'options',
        options.join(', ') +
          (facts.optionsLeftOut > 0 ? `; ${plural(facts.optionsLeftOut, 'option')} not kept` : ''),
      ],
    ]),
    ...[...facts.problems, ...run.metrics.notices].flatMap((text) =>
      wrapped(printable(text), '  ! ', style.width).map(colors.yellow),
    ),
  ];
}

function factLines(
  label: string,
  value: string | undefined,
  { colors, width }: Pick<TextStyle, 'colors' | 'width'>,
): string[] {
  if (value === undefined || value === '') return [];
  const mark = `  ${pad(label, LABEL, 'left')}`;
  const [head = '', ...rest] = wrapped(printable(value), mark, width);
  return [colors.dim(mark) + head.slice(mark.length), ...rest];
}

function figures({ metrics }: CataloguedRun): Fact[] {
  const { steadyBlockNs, steadyNs = [], firstBlockNs, interFrameNs, framesPerBlock } = metrics;
  const causes = Object.entries(metrics.idleByCause)
    .filter(([, ns]) => ns > 0)
    .toSorted(([, a], [, b]) => b - a)
    .map(([cause, ns]) => `${cause} ${formatNs(ns)}`);
  const range = `${formatMs(Math.min(...steadyNs))} – ${formatMs(Math.max(...steadyNs))}`;
  return [
    [
      'steady block',
      steadyBlockNs === undefined
        ? undefined
        : `${formatMs(steadyBlockNs)}, median of ${plural(steadyNs.length, 'block')} (${range})`,
    ],
    ['first block', firstBlockNs === undefined ? undefined : formatMs(firstBlockNs)],
    [
      'inter-frame',
      interFrameNs === undefined ? undefined : `${formatMs(interFrameNs)}, ${framesPerBlock} a block`,
    ],
    [
      'switch latency',
      metrics.switchLatencyNs === undefined
        ? undefined
        : `${formatMs(metrics.switchLatencyNs)}, ${plural(metrics.switchCount ?? 0, 'switch', 'switches')}`,
    ],
    ['GPU idle', `${formatPercent(metrics.idleShare)} of ${formatMs(metrics.spanNs)}`],
    ['idle by cause', causes.join(', ')],
    [
      'KV cache',
      metrics.kvShareOfBlock === undefined
        ? undefined
        : `${formatPercent(metrics.kvShareOfBlock)} of a block, ${formatNs(metrics.kvBlockNs ?? 0)}`,
    ],
    ['ops', `${plural(metrics.ops, 'op')}, ${plural(metrics.gapCount, 'gap')}`],
    ['lost records', metrics.droppedOps === undefined ? undefined : String(metrics.droppedOps)],
  ];
}

function predicted({ prediction, metrics }: CataloguedRun): Fact[] {
  if (prediction === undefined) return [];
  const { edits, of, predictedNs, lowNs, highNs, target } = prediction;
  const measured = metrics.steadyBlockNs ?? metrics.spanNs;
  return [
    ['edit', `${edits.join(' + ')}, from the trace of ${of}`],
    ['latency', `${formatMs(predictedNs)} (${formatMs(lowNs)} – ${formatMs(highNs)}) of ${target}`],
    ['error', signedPercent(predictedNs / measured - 1)],
  ];
}

function qualityFacts(quality: Quality | undefined): Fact[] {
  if (quality === undefined) return [];
  const { identical, ...figures } = quality;
  return [
    ['output', identical === true ? "equal to its baseline's" : undefined],
    ...Object.entries(figures).map(([name, value]): Fact => [name, value.toFixed(QUALITY_DIGITS)]),
  ];
}
