/** What run.json's `config` says of a block; what is missing or no positive integer is left out. */
export interface RunConfig {
  readonly framesPerBlock?: number;
  /** Latent frames that the KV cache holds. */
  readonly window?: number;
}

export function runConfig(run: unknown): RunConfig {
  const config = field(run, 'config');
  const framesPerBlock = positive(field(config, 'framesPerBlock'));
  const window = positive(field(config, 'window'));
  return {
    ...(framesPerBlock === undefined ? {} : { framesPerBlock }),
    ...(window === undefined ? {} : { window }),
  };
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
}
