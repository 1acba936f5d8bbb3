import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { UserError } from '../trace/errors.js';

export interface CommandEnd {
  /** As a shell reports it: 128 + n for one that died of signal n. */
  readonly exitCode: number;
  readonly signal: NodeJS.Signals | undefined;
}

const FORWARDED: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'];

/**
 * Runs a command with our stdin, stdout and stderr, no shell between, and waits until it has ended whatever
 * signal comes: it still has to write its trace.
 */
export async function runCommand(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<CommandEnd> {
  const [program, ...args] = command;
  if (program === undefined) throw new Error('runCommand without a command');
  const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  const forward = (signal: NodeJS.Signals): void => {
    child.kill(signal);
  };
  // A terminal's Ctrl-C reaches the whole foreground group, so the child has it already; sending it again
  // would look like a second, impatient one.
  const interrupt = (): void => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  process.on('SIGINT', interrupt);
  try {
    return await new Promise<CommandEnd>((resolve, reject) => {
      child.on('error', (error: NodeJS.ErrnoException) => reject(startError(program, error)));
      child.on('exit', (code, signal) => {
        const number = signal === null ? 0 : constants.signals[signal];
        resolve({ exitCode: code ?? 128 + number, signal: signal ?? undefined });
      });
    });
  } finally {
    for (const signal of FORWARDED) process.off(signal, forward);
    process.off('SIGINT', interrupt);
  }
}

function startError(program: string, error: NodeJS.ErrnoException): Error {
  switch (error.code) {
    case 'ENOENT':
      return new UserError(`there is no program ${program}`, { hint: 'check the command after --' });
    case 'EACCES':
      return new UserError(`${program} may not be executed`, { hint: 'is it a program? try `chmod +x`' });
    default:
      return error;
  }
}
