const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** As a shell reports a command that died of Ctrl-C. */
const INTERRUPTED = 130;

export interface StopSignals {
  /** Resolves at the first signal. */
  readonly stopped: Promise<NodeJS.Signals>;
  /** From here on the first signal asks to end in order; before, it ends the process as it would any other. */
  ready(): void;
  off(): void;
}

/**
 * Ctrl-C, `kill` and a closed terminal. While something is being prepared they end the process at once, with its exit
 * handlers run; afterwards the first one asks, and the second does not wait.
 */
export function stopSignals(): StopSignals {
  let isReady = false;
  let stop: (signal: NodeJS.Signals) => void = () => undefined;
  const stopped = new Promise<NodeJS.Signals>((resolve) => (stop = resolve));
  const onSignal = (signal: NodeJS.Signals): void => {
    if (!isReady) process.exit(INTERRUPTED);
    isReady = false;
    stop(signal);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    stopped,
    ready: () => (isReady = true),
    off: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}
