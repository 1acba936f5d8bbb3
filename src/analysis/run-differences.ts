import type { Trace } from '../trace/trace.js';

/** One way in which two runs were not made alike. A side that does not say is absent. */
export interface RunDifference {
  /** What the program was told; what it ran on; what recorded it. */
  readonly kind: 'option' | 'machine' | 'recording';
  readonly name: string;
  readonly base?: string;
  readonly candidate?: string;
}

/** Facts of one kind, by name. */
type Facts = ReadonlyMap<string, string>;

/** A configuration with more entries than this is data; the rest of it is not compared. */
const MOST_ENTRIES = 5000;

export interface RunDifferences {
  readonly differences: readonly RunDifference[];
  /** Whether both runs say what the program was told; if not, that no option differs means nothing. */
  readonly optionsKnown: boolean;
}

/**
 * How two runs differ in what they tell of themselves: `config` of run.json (or, where that is the same or missing,
 * the options on the command line), GPUs, versions, and how they were recorded.
 */
export function runDifferences(base: readonly Trace[], candidate: readonly Trace[]): RunDifferences {
  const configs = [configOf(base), configOf(candidate)] as const;
  const commands = [commandOptions(base), commandOptions(candidate)] as const;
  const withConfig = configs.every(({ size }) => size > 0);
  const inConfig = withConfig ? differing('option', ...configs) : [];
  const options = inConfig.length > 0 ? inConfig : differing('option', ...commands);
  return {
    differences: [
      ...options,
      ...told(differing('machine', machineOf(base), machineOf(candidate))),
      ...told(differing('recording', recordingOf(base), recordingOf(candidate))),
    ],
    optionsKnown: withConfig || commands.every(({ size }) => size > 0),
  };
}

function differing(kind: RunDifference['kind'], base: Facts, candidate: Facts): RunDifference[] {
  return [...new Set([...base.keys(), ...candidate.keys()])].flatMap((name) => {
    const one = base.get(name);
    const other = candidate.get(name);
    if (one === other) return [];
    return {
      kind,
      name,
      ...(one === undefined ? {} : { base: one }),
      ...(other === undefined ? {} : { candidate: other }),
    };
  });
}

/** What only one of two recorders writes down is no difference between two machines. */
function told(differences: readonly RunDifference[]): RunDifference[] {
  const gpu = differences.some(({ name }) => name === 'GPU');
  return differences.filter(({ name, base, candidate }) => {
    if (base === undefined || candidate === undefined) return false;
    // Two models differ in all their limits, and the model says so.
    return !(gpu && name.startsWith('GPU '));
  });
}

function fileOf(traces: readonly Trace[]): Readonly<Record<string, unknown>> {
  const run = traces.find((trace) => trace.run !== undefined)?.run;
  return isObject(run) ? run : {};
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** `config` of run.json, `a.b` for what lies deeper; a list is one value. */
function configOf(traces: readonly Trace[]): Facts {
  const facts = new Map<string, string>();
  const add = (value: unknown, name: string): void => {
    if (facts.size >= MOST_ENTRIES) return;
    if (isObject(value) && !Array.isArray(value)) {
      for (const [key, inner] of Object.entries(value)) add(inner, name === '' ? key : `${name}.${key}`);
    } else if (name !== '') {
      facts.set(name, typeof value === 'string' ? value : JSON.stringify(value));
    }
  };
  add(fileOf(traces)['config'], '');
  return facts;
}

/** The command line as options: `--blocks 10`, `--fast` (set), and what belongs to none. */
function commandOptions(traces: readonly Trace[]): Facts {
  const own = traces.map(({ status }) => status.get('command')).find((command) => command !== undefined);
  const given = fileOf(traces)['command'];
  const line = own ?? (typeof given === 'string' ? given : '');
  const words = Array.isArray(given) ? given.map(String) : line.split(/\s+/);
  const facts = new Map<string, string>();
  let name = 'command';
  for (const word of words.filter((one) => one !== '')) {
    if (/^-\D/.test(word)) {
      const [flag = word, value = 'set'] = word.split(/=(.*)/s);
      name = flag;
      facts.set(name, value);
    } else {
      const so = facts.get(name);
      facts.set(name, so === undefined || so === 'set' ? word : `${so} ${word}`);
    }
  }
  return facts;
}

const MACHINE_KEYS = ['driver', 'cuda', 'cudnn', 'torch', 'python'] as const;

function machineOf(traces: readonly Trace[]): Facts {
  const facts = new Map<string, string>();
  const devices = traces.flatMap((trace) => {
    const used = new Set(trace.ops.device);
    return trace.devices.filter(({ id }) => used.has(id));
  });
  const models = new Set(devices.map(({ name }) => name));
  if (devices.length > 0) facts.set('GPU', [...models].sort().join(', '));
  facts.set('GPUs', String(devices.length));
  facts.set('processes', String(traces.length));
  // Rated figures: a part of another size or clock can bear the same name.
  for (const [key, value] of devices[0]?.limits ?? []) facts.set(`GPU ${key}`, String(value));
  const file = fileOf(traces);
  for (const key of MACHINE_KEYS) {
    const own = key === 'driver' ? firstStatus(traces, key) : undefined;
    const value = own ?? file[key];
    if (typeof value === 'string' || typeof value === 'number') facts.set(key, String(value));
  }
  return facts;
}

function recordingOf(traces: readonly Trace[]): Facts {
  const facts = new Map<string, string>();
  facts.set('recorder', firstStatus(traces, 'source') ?? 'gapscope capture');
  for (const key of ['library', 'cupti']) {
    const value = firstStatus(traces, key);
    if (value !== undefined) facts.set(key === 'library' ? 'gapscope' : 'CUPTI', value);
  }
  for (const [key, value] of traces[0]?.status ?? []) {
    if (key.startsWith('config.')) facts.set(`capture ${key.slice('config.'.length)}`, value);
  }
  return facts;
}

function firstStatus(traces: readonly Trace[], key: string): string | undefined {
  return traces.map(({ status }) => status.get(key)).find((value) => value !== undefined);
}

/** The most device memory that the program held, where run.json of both says. */
export function peakMemory(
  base: readonly Trace[],
  candidate: readonly Trace[],
): { readonly base: number; readonly candidate: number } | undefined {
  const [one, other] = [base, candidate].map((traces) => fileOf(traces)['peakMemoryBytes']);
  return typeof one === 'number' && typeof other === 'number' ? { base: one, candidate: other } : undefined;
}
