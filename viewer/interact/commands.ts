/** Where a command stands in the help and the palette. */
export const COMMAND_GROUPS = ['Move', 'Select', 'Search', 'Tracks', 'Notes', 'Panels', 'Page'] as const;
export type CommandGroup = (typeof COMMAND_GROUPS)[number];

/**
 * Something the user can do, by whatever way: a key, the palette, a button. A key is written as
 * - `code:KeyW`: by its place on the keyboard, whatever is printed on it;
 * - `f`, `/`, `?`, `Home`, `ArrowLeft`: by what it types (letters in lower case);
 * with `Mod+` (Ctrl, or Cmd on a Mac), `Shift+` and `Alt+` before it. `?` and other signs need no `Shift+`.
 */
export interface Command {
  readonly id: string;
  /** What it does, in the imperative: "Zoom in at the pointer". */
  readonly title: string;
  readonly group: CommandGroup;
  readonly keys?: readonly string[];
  readonly run: () => void;
  /** Called when the key comes up again: what goes on for as long as it is held. */
  readonly release?: () => void;
  /** Absent: always. */
  readonly enabled?: () => boolean;
  /** Also while the focus is in a text field. */
  readonly whileTyping?: boolean;
}

/** The one list of all commands. Help, palette and keyboard read it, so none of them can leave one out. */
export class CommandRegistry {
  readonly #commands = new Map<string, Command>();

  /** Adds commands; returns the function that takes them out again. A second command of an id is a bug. */
  register(...commands: readonly Command[]): () => void {
    for (const command of commands) {
      if (this.#commands.has(command.id)) throw new Error(`two commands are called ${command.id}`);
      this.#commands.set(command.id, command);
    }
    return () => {
      for (const { id } of commands) this.#commands.delete(id);
    };
  }

  get(id: string): Command | undefined {
    return this.#commands.get(id);
  }

  all(): readonly Command[] {
    return [...this.#commands.values()];
  }

  /** Runs a command unless it is disabled; false if it did not run. */
  run(id: string): boolean {
    const command = this.#commands.get(id);
    if (command === undefined || command.enabled?.() === false) return false;
    command.run();
    return true;
  }
}
