import type { RawTable } from './read-table.js';
import type { Device } from './trace.js';

/** The GPUs of a trace, in order of id: those described, and those that only appear in `ops`. */
export function devicesOf(devices: RawTable | undefined, ops: RawTable | undefined): Device[] {
  const found = new Map<number, { name?: string; limits: Map<string, number> }>();
  const device = (id: number): { name?: string; limits: Map<string, number> } => {
    let entry = found.get(id);
    if (entry === undefined) found.set(id, (entry = { limits: new Map() }));
    return entry;
  };
  const column = (name: string): readonly unknown[] =>
    Array.from((devices?.columns.get(name) ?? []) as ArrayLike<unknown>);
  const ids = column('id') as number[];
  const keys = column('key') as string[];
  const numbers = column('number') as number[];
  const texts = column('text') as string[];
  ids.forEach((id, row) => {
    const entry = device(id);
    const key = keys[row] ?? '';
    if (key === 'name') entry.name = texts[row] ?? '';
    else if ((texts[row] ?? '') === '') entry.limits.set(key, numbers[row] ?? 0);
  });
  const described = [...found].map(([id, { name, limits }]) => ({ id, name: name ?? `GPU ${id}`, limits }));
  return withUsedDevices(described, ops?.columns.get('device') as Uint8Array | undefined);
}

/** Devices in order of id, and one without a name for every other id that `used` names. */
export function withUsedDevices(described: readonly Device[], used: Uint8Array | undefined): Device[] {
  const seen = new Uint8Array(256);
  if (used !== undefined) for (let i = 0; i < used.length; i++) seen[used[i]!] = 1;
  const devices = [...described];
  seen.forEach((present, id) => {
    if (present === 1 && !described.some((device) => device.id === id)) {
      devices.push({ id, name: `GPU ${id}`, limits: new Map() });
    }
  });
  return devices.sort((a, b) => a.id - b.id);
}
