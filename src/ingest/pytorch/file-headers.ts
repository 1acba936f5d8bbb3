/** Microseconds: a time from here on counts from 1970, one below from some other instant. */
const EPOCH_US = 1e15;

/** Values of the outer object's keys, as they stand in the file. */
export type Headers = ReadonlyMap<string, string>;

/** Keys beside `traceEvents` whose values are kept. */
export const HEADERS: ReadonlySet<string> = new Set([
  'schemaVersion',
  'deviceProperties',
  'distributedInfo',
  'baseTimeNanoseconds',
  'cuda_driver_version',
  'cupti_version',
  'roctracer_version',
  'rocprofiler_version',
  'hip_runtime_version',
  'hip_driver_version',
]);

/** A header's value; undefined if it is missing or not quite JSON. */
export function parsed(json: string | undefined): unknown {
  if (json === undefined) return undefined;
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}

/** Nanoseconds since 1970 of the origin, 0n where the file does not tell. */
export function originNs(base: string | undefined, originUs: number): bigint {
  const digits = /^"?(-?\d{1,20})"?$/.exec(base?.trim() ?? '')?.[1];
  const originOfTimes = BigInt(originUs) * 1000n;
  if (digits !== undefined && BigInt(digits) !== 0n) return BigInt(digits) + originOfTimes;
  return originUs >= EPOCH_US ? originOfTimes : 0n;
}

/** Whether an AMD profiler wrote the file. */
export function isRocmFile(headers: Headers): boolean {
  return ['roctracer_version', 'hip_runtime_version', 'hip_driver_version', 'rocprofiler_version'].some(
    (key) => headers.has(key),
  );
}

/** What the headers say of versions and ranks, in the words of `status`. */
export function statusOf(headers: Headers, complete: boolean): Map<string, string> {
  const status = new Map<string, string>();
  const version = (key: string, header: string): void => {
    const number = parsed(headers.get(header));
    if (typeof number !== 'number' || !Number.isFinite(number)) return;
    const isCuda = Number.isInteger(number) && number >= 10_000;
    status.set(
      key,
      isCuda ? `${Math.floor(number / 1000)}.${Math.floor((number % 1000) / 10)}` : String(number),
    );
  };
  version('driver', 'cuda_driver_version');
  const cupti = parsed(headers.get('cupti_version'));
  if (typeof cupti === 'number') status.set('cupti', String(cupti));
  const distributed = parsed(headers.get('distributedInfo'));
  if (typeof distributed === 'object' && distributed !== null) {
    const { rank, world_size: size } = distributed as { rank?: unknown; world_size?: unknown };
    if (typeof rank === 'number') status.set('config.rank', String(rank));
    if (typeof size === 'number') status.set('config.worldSize', String(size));
  }
  status.set('source', headers.has('schemaVersion') ? 'PyTorch profiler' : 'Chrome trace');
  status.set('capture', 'on');
  if (complete) status.set('exit', 'clean');
  return status;
}
