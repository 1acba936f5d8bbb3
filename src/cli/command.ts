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
  /** Of a command that only holds others. */
  readonly commands?: readonly AnyCommand[];
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

/** A command that only holds others: `gapscope runs add`. */
export function defineCommands(usage: string, describe: string, commands: readonly AnyCommand[]): AnyCommand {
  const names = commands.map((command) => firstWord(command.usage)).join(', ');
  return {
    usage,
    describe,
    commands,
    register: (yargs, rest, done) =>
      yargs.command(usage, describe, (own: Argv) =>
        commands
          .reduce((parser, command) => command.register(parser, rest, done), own)
          .demandCommand(1, `say what to do: gapscope ${usage} ${names}`),
      ),
  };
}

/** The name in a usage: `switch <trace>` → `switch`. */
export function firstWord(usage: string): string {
  return usage.split(' ')[0]!;
}
