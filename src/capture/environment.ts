/** What `gapscope capture` may ask of the capture library; `native/capture/settings.h` reads it. */
export interface CaptureOptions {
  /** Absolute folder that the traces are written into. */
  readonly out: string;
  /** Record only while a range matching this glob is open. */
  readonly range?: string;
  /** Record only between cudaProfilerStart and cudaProfilerStop. */
  readonly profilerApi?: boolean;
  readonly delaySeconds?: number;
  readonly durationSeconds?: number;
  readonly libcupti?: string;
  readonly graphs?: 'nodes' | 'whole';
  readonly api?: 'driver' | 'both';
}

/** The variables that make CUDA and NVTX load the library, and tell it what to do. */
export function captureEnvironment(options: CaptureOptions, library: string): Record<string, string> {
  const env: Record<string, string> = {
    // The driver loads the first inside cuInit, NVTX the second at its first call; both may come first.
    CUDA_INJECTION64_PATH: library,
    NVTX_INJECTION64_PATH: library,
    GAPSCOPE_OUT: options.out,
  };
  if (options.range !== undefined) env.GAPSCOPE_RANGE = options.range;
  if (options.profilerApi === true) env.GAPSCOPE_PROFILER_API = '1';
  if (options.delaySeconds !== undefined) env.GAPSCOPE_DELAY_MS = milliseconds(options.delaySeconds);
  if (options.durationSeconds !== undefined) env.GAPSCOPE_DURATION_MS = milliseconds(options.durationSeconds);
  if (options.libcupti !== undefined) env.GAPSCOPE_LIBCUPTI = options.libcupti;
  if (options.graphs !== undefined) env.GAPSCOPE_GRAPHS = options.graphs;
  if (options.api !== undefined) env.GAPSCOPE_API = options.api;
  return env;
}

function milliseconds(seconds: number): string {
  return String(Math.round(seconds * 1000));
}
