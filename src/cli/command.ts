import type { Argv } from 'yargs';

/**
 * One command: how it is called, and what it does. `run` returns the exit code: 0 done, 1 user error, 2 a
 * budget was broken (design §5). Anything heavy is imported inside `run`, so that `--help` stays fast.
 */
export interface Command<T> {
  readonly usage: string;
  readonly describe: string;
  readonly examples: readonly (readonly [command: string, what: string])[];
  build(yargs: Argv): Argv<T>;
  run(args: T, rest: readonly string[]): Promise<number>;
}

/** Anything a command can be registered as, whatever its arguments. */
export interface AnyCommand {
  readonly usage: string;
  readonly describe: string;
  register(yargs: Argv, rest: readonly string[], done: (exitCode: number) => void): Argv;
}

export function defineCommand<T>(command: Command<T>): AnyCommand {
  return {
    usage: command.usage,
    describe: command.describe,
    register: (yargs, rest, done) =>
      yargs.command(
        command.usage,
        command.describe,
        (own: Argv) => {
          const built = command.build(own);
          for (const [line, what] of command.examples) built.example(line, what);
          return built;
        },
        async (args) => done(await command.run(args as T, rest)),
      ),
  };
}
