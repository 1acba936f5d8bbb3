import yargs, { type Argv } from 'yargs';
import { printable } from '../report/printable.js';
import { UserError } from '../trace/errors.js';
import { firstWord } from './command.js';
import { COMMANDS } from './commands/index.js';
import { sayLines, styleFor } from './output.js';
import { suggest } from './suggest.js';
import { version } from './version.js';

/** Runs one command line; returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  // Split before yargs sees it: what follows `--` is another program's command line, word for word.
  const split = argv.indexOf('--');
  const own = split < 0 ? argv : argv.slice(0, split);
  const rest = split < 0 ? [] : argv.slice(split + 1);
  try {
    const parser = buildParser(own, rest, (code) => {
      exitCode = code;
    });
    await parser.parseAsync();
  } catch (error) {
    return report(error);
  }
  return exitCode;
}

function buildParser(own: readonly string[], rest: readonly string[], done: (code: number) => void): Argv {
  let parser: Argv = yargs([...own])
    .scriptName('gapscope')
    .usage('$0 <command> TRACE\n\nWhere does the GPU wait, and for what?')
    .version(version())
    .help()
    .alias('help', 'h')
    .strict()
    .demandCommand(1, 'say what to do: gapscope <command>')
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .exitProcess(false)
    .epilogue('Every command has --help with an example. Data goes to stdout, talk to stderr.')
    .fail((message, error) => {
      // yargs calls this for its own complaints (a message) and for what a handler threw (an error).
      const complaint = message ?? '';
      if (error !== undefined && error.name !== 'YError' && complaint !== error.message) throw error;
      throw usageError(complaint === '' ? error.message : complaint, own, optionsOf(parser));
    });
  for (const command of COMMANDS) parser = command.register(parser, rest, done);
  return parser;
}

/** Names of all options of the command being parsed; yargs has them, its types do not say so. */
function optionsOf(parser: Argv): string[] {
  const { key } = (parser as unknown as { getOptions(): { key: Record<string, unknown> } }).getOptions();
  return Object.keys(key).filter((name) => name.length > 1);
}

/** A mistake on the command line, with what was probably meant. */
function usageError(message: string, own: readonly string[], options: readonly string[]): UserError {
  const unknown = /^Unknown (?:arguments?|commands?): (.+)$/.exec(message)?.[1]?.split(', ') ?? [];
  const words = own.filter((word) => !word.startsWith('-'));
  let known = COMMANDS;
  let called = 'gapscope';
  let usage: string | undefined;
  for (let depth = 0; known.length > 0; depth++) {
    const names = known.map((one) => firstWord(one.usage));
    // Below a command, a word may also be the value of an option that stands before the name.
    const word = depth === 0 ? words[0] : words.slice(depth).find((one) => names.includes(one));
    const wrong = depth === 0 ? word : unknown[0];
    const found = known[names.indexOf(word ?? '')];
    if (found === undefined) {
      if (wrong === undefined || !words.includes(wrong)) break;
      const command = `${called.slice('gapscope '.length)} ${wrong}`.trim();
      return withSuggestion(`there is no command "${command}"`, suggest(wrong, names), `${called} --help`);
    }
    called += ` ${word}`;
    ({ usage } = found);
    known = found.commands ?? [];
  }
  const help = `${called} --help`;
  if (message.startsWith('Not enough non-option arguments')) {
    const needed = [...(usage ?? '<trace>').matchAll(/<(\w+)/g)].map(([, name = '']) => {
      const one = name.toUpperCase().replace(/S$/, '');
      return `${/^[AEIOU]/.test(one) ? 'an' : 'a'} ${one}`;
    });
    return new UserError(`${called} needs ${needed.join(' and ')}`, {
      hint: `${help} shows how it is called`,
    });
  }
  const first = unknown[0];
  if (first === undefined) return new UserError(message, { hint: `${help} shows how it is called` });
  const flag = own.find((word) => word.replace(/^--?/, '').split('=')[0] === first && word.startsWith('-'));
  if (flag === undefined) {
    const hint =
      called === 'gapscope capture'
        ? 'put -- before the command to run: gapscope capture -- python script.py'
        : `${help} shows how it is called`;
    return new UserError(`"${first}" is one argument too many`, { hint });
  }
  const near = suggest(first, options);
  return withSuggestion(
    `there is no option ${flag.split('=')[0]}`,
    near === undefined ? undefined : `--${near}`,
    help,
  );
}

function withSuggestion(message: string, near: string | undefined, help: string): UserError {
  return new UserError(message, {
    hint: near === undefined ? `${help} lists them` : `did you mean ${near}? ${help} lists them all`,
  });
}

/** A user's error is one sentence and what to do; anything else is a bug, and keeps its stack. */
function report(error: unknown): number {
  const { colors } = styleFor(process.stderr);
  if (error instanceof UserError) {
    sayLines([
      // Several mistakes in a file are a line each.
      `${colors.red('error:')} ${error.message.split('\n').map(printable).join('\n       ')}`,
      ...(error.hint === undefined ? [] : [`${colors.dim('hint:')}  ${printable(error.hint)}`]),
    ]);
    return 1;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  sayLines([colors.red('This is a bug in gapscope. Please report it with these lines:'), stack]);
  return 1;
}
