import { shortKernelName } from '../../src/analysis/kernel-name.js';
import { templateOf } from '../../src/analysis/template.js';

/** Names of all processes of all traces, each text once; ids only ever grow, so that frames and lists agree. */
export class NameTable {
  readonly texts: string[] = [];
  readonly shortTexts: string[] = [];
  readonly #ids = new Map<string, number>();
  readonly #shades: number[] = [];
  readonly #templateHashes: number[] = [];

  get length(): number {
    return this.texts.length;
  }

  /** The id of a text. A kernel's is shown short. */
  add(text: string, isKernel: boolean): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.texts.length;
    this.texts.push(text);
    this.shortTexts.push(isKernel ? shortKernelName(text) : text);
    this.#shades.push(hashByte(text));
    this.#templateHashes.push(hashByte(templateOf(text)));
    this.#ids.set(text, id);
    return id;
  }

  text(id: number): string {
    return this.texts[id] ?? '';
  }

  short(id: number): string {
    return this.shortTexts[id] ?? '';
  }

  /** 0 to 255, from the text alone. */
  shade(id: number): number {
    return this.#shades[id] ?? 0;
  }

  /** 0 to 255, the same for all instances of a template. */
  templateHash(id: number): number {
    return this.#templateHashes[id] ?? 0;
  }
}

/** The names of one process: its string ids, as ids of the common table. */
export class ProcessNames {
  readonly table: NameTable;
  readonly #strings: readonly string[];
  readonly #ids: Int32Array;

  constructor(table: NameTable, strings: readonly string[]) {
    this.table = table;
    this.#strings = strings;
    this.#ids = new Int32Array(strings.length).fill(-1);
  }

  /** The name id of a string id. */
  of(string: number, isKernel = false): number {
    const known = this.#ids[string];
    if (known !== undefined && known >= 0) return known;
    const id = this.table.add(this.#strings[string] ?? `?${string}`, isKernel);
    if (known !== undefined) this.#ids[string] = id;
    return id;
  }
}

/** FNV-1a, folded to a byte. */
function hashByte(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 16;
  return (hash ^ (hash >>> 8)) & 0xff;
}
