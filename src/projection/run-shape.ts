/** What `run.json`'s `config` says of the model's shape; what is missing or no sensible number is absent. */
export interface RunShape {
  readonly layers?: number;
  readonly dim?: number;
  readonly heads?: number;
  readonly ffn?: number;
  readonly tokensPerFrame?: number;
  readonly framesPerBlock?: number;
  /** Latent frames that the KV cache holds, sinks included. */
  readonly window?: number;
  readonly sinks?: number;
  readonly batch?: number;
  readonly textTokens?: number;
}

const COUNTS = [
  'layers',
  'dim',
  'heads',
  'ffn',
  'tokensPerFrame',
  'framesPerBlock',
  'window',
  'batch',
  'textTokens',
] as const;

export function runShape(run: unknown): RunShape {
  const config = fieldOf(run, 'config');
  const shape: Record<string, number> = {};
  for (const key of COUNTS) {
    const value = fieldOf(config, key);
    if (typeof value === 'number' && Number.isInteger(value) && value > 0) shape[key] = value;
  }
  const sinks = fieldOf(config, 'sinks');
  if (typeof sinks === 'number' && Number.isInteger(sinks) && sinks >= 0) shape['sinks'] = sinks;
  return shape;
}

export function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
