/** A place in a text, counted from 1 as editors do. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** JSON that is not JSON: what is wrong, and where. */
export class JsonSyntaxError extends Error {
  constructor(
    message: string,
    readonly place: TextPlace,
  ) {
    super(message);
    this.name = 'JsonSyntaxError';
  }
}

/** A parsed value, and where each of its parts is written. */
export interface PlacedJson {
  readonly value: unknown;
  /** Where the value at `path` (keys and indices) starts, or the nearest one around it that is there. */
  readonly placeOf: (path: readonly PropertyKey[]) => TextPlace;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y; // eslint-disable-line no-control-regex -- JSON forbids them in strings
const WORDS = { true: true, false: false, null: null };
const MAX_DEPTH = 64;

/**
 * Parses JSON and remembers where every value starts, so that an error about its content can name the line.
 * @throws JsonSyntaxError
 */
export function parsePlacedJson(text: string): PlacedJson {
  const starts = new Map<string, number>();
  let at = 0;
  const value = readValue([]);
  skipSpace();
  if (at < text.length) fail('nothing may follow the value');
  return {
    value,
    placeOf: (path) => {
      for (let length = path.length; length > 0; length--) {
        const start = starts.get(keyOf(path.slice(0, length)));
        if (start !== undefined) return placeAt(text, start);
      }
      return placeAt(text, starts.get(keyOf([])) ?? 0);
    },
  };

  function readValue(path: readonly PropertyKey[]): unknown {
    if (path.length > MAX_DEPTH) fail('it is nested too deeply');
    skipSpace();
    starts.set(keyOf(path), at);
    const char = text[at];
    if (char === '{') return readObject(path);
    if (char === '[') return readArray(path);
    if (char === '"') return readString();
    const number = match(NUMBER);
    if (number !== undefined) return Number(number);
    for (const [word, meaning] of Object.entries(WORDS)) {
      if (!text.startsWith(word, at)) continue;
      at += word.length;
      return meaning;
    }
    return fail(char === undefined ? 'a value is missing at the end' : `a value cannot start with '${char}'`);
  }

  function readObject(path: readonly PropertyKey[]): unknown {
    const entries: [string, unknown][] = [];
    const keys = new Set<string>();
    each('}', () => {
      const start = at;
      if (text[at] !== '"') fail('a key in double quotes is missing');
      const key = readString();
      if (keys.has(key)) fail(`the key "${key}" is there twice`, start);
      keys.add(key);
      skipSpace();
      if (text[at] !== ':') fail(`a ':' is missing after the key "${key}"`);
      at++;
      entries.push([key, readValue([...path, key])]);
    });
    return Object.fromEntries(entries);
  }

  function readArray(path: readonly PropertyKey[]): unknown {
    const items: unknown[] = [];
    each(']', () => items.push(readValue([...path, items.length])));
    return items;
  }

  /** What stands between an opening bracket, at which we are, and `close`, separated by commas. */
  function each(close: string, read: () => void): void {
    at++;
    skipSpace();
    if (text[at] === close) {
      at++;
      return;
    }
    for (;;) {
      read();
      skipSpace();
      const comma = at;
      const next = text[at];
      if (next !== ',' && next !== close) fail(`a ',' or '${close}' is missing`);
      at++;
      if (next === close) return;
      skipSpace();
      if (text[at] === close) fail(`a ',' may not stand before '${close}'`, comma);
    }
  }

  function readString(): string {
    const literal = match(STRING);
    return literal === undefined
      ? fail('a string is not closed, or holds a character that must be escaped')
      : (JSON.parse(literal) as string);
  }

  function match(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  }

  function skipSpace(): void {
    while (at < text.length && ' \t\r\n'.includes(text[at]!)) at++;
  }

  function fail(message: string, where = at): never {
    throw new JsonSyntaxError(message, placeAt(text, where));
  }
}

function keyOf(path: readonly PropertyKey[]): string {
  return JSON.stringify(path.map(String));
}

function placeAt(text: string, offset: number): TextPlace {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}
