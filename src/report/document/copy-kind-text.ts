const SIDES: Readonly<Record<string, string>> = { H: 'host', D: 'device', A: 'array', P: 'peer' };

/** `DtoH`, as the trace's tools write it, in words: `device to host`. Anything else stays as it is. */
export function copyKindText(kind: string): string {
  const [, from, to] = /^([HDAP])to([HDAP])$/.exec(kind) ?? [];
  return from === undefined || to === undefined ? kind : `${SIDES[from]} to ${SIDES[to]}`;
}
