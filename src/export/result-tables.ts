import type { ExportColumn, ExportTable, ExportType } from './export-table.js';

type Scalar = number | string | boolean;
type Row = ReadonlyMap<string, Scalar>;

/**
 * The lists inside a result object, as `--json` prints it, each as a table. A list is named by its path
 * (`devices.hotspots`); fields of the objects within a row are joined by dots (`example.startNs`), and the numbers and
 * texts of what is around a list (`pid`, `window.device`) come first in its rows.
 */
export function resultTables(command: string, result: object): ExportTable[] {
  const lists = new Map<string, Row[]>();
  collect(result as Readonly<Record<string, unknown>>, [], new Map(), lists);
  return [...lists].map(([path, rows]) => tableOf([command, ...path.split('.')].join('.'), rows));
}

/** Fields of the objects around a list that say which list it is. */
const CONTEXT = new Set(['pid', 'device', 'window.device', 'name', 'block', 'level']);

function collect(
  value: Readonly<Record<string, unknown>>,
  path: readonly string[],
  around: Row,
  lists: Map<string, Row[]>,
): void {
  const own = scalarsOf(value);
  const context = new Map(around);
  for (const [key, scalar] of own) if (CONTEXT.has(key)) context.set(key, scalar);
  for (const [key, inner] of Object.entries(value)) {
    if (!Array.isArray(inner)) {
      if (isObject(inner)) collect(inner, [...path, key], context, lists);
      continue;
    }
    const items = inner.filter(isObject);
    if (items.length === 0) continue;
    const listPath = [...path, key];
    const name = listPath.join('.');
    let rows = lists.get(name);
    if (rows === undefined) lists.set(name, (rows = []));
    for (const item of items) {
      rows.push(new Map([...context, ...scalarsOf(item)]));
      collect(item, listPath, context, lists);
    }
  }
}

/** Scalars of an object, those of objects within it too; lists of scalars as one text. */
function scalarsOf(value: Readonly<Record<string, unknown>>, prefix = ''): Map<string, Scalar> {
  const found = new Map<string, Scalar>();
  for (const [key, inner] of Object.entries(value)) {
    const name = prefix + key;
    if (isScalar(inner)) found.set(name, inner);
    else if (Array.isArray(inner)) {
      if (inner.length > 0 && inner.every(isScalar)) found.set(name, inner.join(' > '));
    } else if (isObject(inner)) {
      for (const [below, scalar] of scalarsOf(inner, `${name}.`)) found.set(below, scalar);
    }
  }
  return found;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): value is Scalar {
  return (
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value))
  );
}

function tableOf(name: string, rows: readonly Row[]): ExportTable {
  const types = new Map<string, ExportType>();
  for (const row of rows) {
    for (const [column, value] of row) types.set(column, wider(types.get(column), typeOf(value)));
  }
  const columns = [...types].map(([column, type]): ExportColumn => ({
    name: column,
    type,
    at: (row) => {
      const value = rows[row]?.get(column);
      return value !== undefined && type === 'text' ? String(value) : value;
    },
  }));
  return { name, columns, length: rows.length };
}

function typeOf(value: Scalar): ExportType {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'boolean';
  return Number.isSafeInteger(value) ? 'int' : 'double';
}

/** The type that holds both. */
function wider(a: ExportType | undefined, b: ExportType): ExportType {
  if (a === undefined || a === b) return b;
  return (a === 'int' || a === 'double') && (b === 'int' || b === 'double') ? 'double' : 'text';
}
