import { CAUSES } from '../analysis/causes.js';
import type { Headline } from '../analysis/headline.js';
import { parseDurationNs } from '../analysis/window-spec.js';
import type { Quality, RunFacts } from './run-record.js';

/** How a metric is written and read: `ns` as `330ms`, a `share` as 0.1 or `10%`, `bytes` as `12.5GB`. */
export type MetricUnit = 'ns' | 'share' | 'count' | 'bytes' | 'number';

export interface Metric {
  readonly name: string;
  readonly unit: MetricUnit;
  readonly read: (run: MetricSource) => number | undefined;
  /** Why a run may lack it. */
  readonly absent: (run: MetricSource) => string;
}

export interface MetricSource {
  readonly metrics: Headline;
  readonly facts: Pick<RunFacts, 'peakMemoryBytes' | 'quality'>;
}

type HeadlineNumber = {
  [K in keyof Headline]-?: NonNullable<Headline[K]> extends number ? K : never;
}[keyof Headline];

const NO_BLOCKS = ({ metrics }: MetricSource): string =>
  metrics.missing.blocks ?? (metrics.notices.join('; ') || 'there is no such block');
const NO_SWITCH = ({ metrics }: MetricSource): string =>
  metrics.missing.switch ?? (metrics.notices.join('; ') || 'there is no block before it');
const NO_KV = ({ metrics }: MetricSource): string =>
  metrics.missing.kv ?? metrics.missing.blocks ?? 'the trace has no blocks';
const NOT_SAID = (): string => 'the recorder did not say';
const NOT_IN_RUN_FILE = (): string => 'run.json does not have it';

function ofHeadline(
  name: HeadlineNumber,
  unit: MetricUnit,
  absent: (run: MetricSource) => string = NOT_SAID,
): Metric {
  return { name, unit, absent, read: ({ metrics }) => metrics[name] };
}

function ofQuality(name: Exclude<keyof Quality, 'identical'>): Metric {
  return {
    name: `quality.${name}`,
    unit: 'number',
    absent: NOT_IN_RUN_FILE,
    // An output equal to its baseline is above any lower limit.
    read: ({ facts: { quality } }) =>
      quality?.[name] ?? (name === 'psnr' && quality?.identical === true ? Infinity : undefined),
  };
}

/** Everything that a budget can limit. */
export const METRICS: readonly Metric[] = [
  ofHeadline('steadyBlockNs', 'ns', NO_BLOCKS),
  ofHeadline('firstBlockNs', 'ns', NO_BLOCKS),
  ofHeadline('interFrameNs', 'ns', NO_BLOCKS),
  ofHeadline('framesPerBlock', 'count', NO_BLOCKS),
  ofHeadline('blockCount', 'count', NO_BLOCKS),
  ofHeadline('switchLatencyNs', 'ns', NO_SWITCH),
  ofHeadline('switchCount', 'count', NO_SWITCH),
  ofHeadline('spanNs', 'ns'),
  ofHeadline('busyNs', 'ns'),
  ofHeadline('idleNs', 'ns'),
  ofHeadline('idleShare', 'share'),
  ...CAUSES.map((cause): Metric => ({
    name: `idleByCause.${cause}`,
    unit: 'ns',
    absent: NOT_SAID,
    read: ({ metrics }) => metrics.idleByCause[cause],
  })),
  ofHeadline('gapCount', 'count'),
  ofHeadline('kernelNs', 'ns'),
  ofHeadline('ops', 'count'),
  ofHeadline('kvNs', 'ns', NO_KV),
  ofHeadline('kvBlockNs', 'ns', NO_KV),
  ofHeadline('kvShareOfBlock', 'share', NO_KV),
  ofHeadline('droppedOps', 'count'),
  ofHeadline('zeroTimestamps', 'count'),
  ofHeadline('unknownRecords', 'count'),
  {
    name: 'peakMemoryBytes',
    unit: 'bytes',
    absent: NOT_IN_RUN_FILE,
    read: ({ facts }) => facts.peakMemoryBytes,
  },
  ofQuality('psnr'),
  ofQuality('ssim'),
  ofQuality('relativeError'),
  ofQuality('movement'),
  ofQuality('luminosity'),
  ofQuality('sharpness'),
];

export function metricNamed(name: string): Metric | undefined {
  return METRICS.find((metric) => metric.name === name);
}

const BYTES = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 } as const;

/** What a limit's number or text stands for, or undefined if it is none of that unit. */
export function parseQuantity(given: string | number, unit: MetricUnit): number | undefined {
  if (typeof given === 'number') {
    const isWhole = unit !== 'count' || Number.isInteger(given);
    const isInRange = unit === 'number' || given >= 0;
    return Number.isFinite(given) && isWhole && isInRange && (unit !== 'share' || given <= 1)
      ? given
      : undefined;
  }
  const text = given.trim();
  switch (unit) {
    case 'ns':
      return parseDurationNs(text);
    case 'share': {
      const percent = parsePercent(text);
      return percent === undefined || percent > 1 ? undefined : percent;
    }
    case 'bytes': {
      const match = /^(\d+(?:\.\d+)?)\s*(B|kB|MB|GB|TB)$/.exec(text);
      return match === null ? undefined : Number(match[1]) * BYTES[match[2] as keyof typeof BYTES];
    }
    case 'count':
    case 'number':
      return undefined;
  }
}

/** `2%` → 0.02. */
export function parsePercent(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim());
  return match === null ? undefined : Number(match[1]) / 100;
}

/** What may stand for a quantity, for messages. */
export const QUANTITY_FORMS: Readonly<Record<MetricUnit, string>> = {
  ns: "a duration ('330ms', '12.5us') or nanoseconds",
  share: "a share from 0 to 1 or '10%'",
  count: 'a whole number from 0',
  bytes: "bytes or '12.5GB'",
  number: 'a number',
};
