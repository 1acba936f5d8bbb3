/** Name of a copy's direction: CUPTI's `CUpti_ActivityMemcpyKind` (H host, D device, A array, P peer). */
export function copyKindName(copyKind: number): string {
  return NAMES[copyKind] ?? 'unknown';
}

const NAMES: readonly string[] = [
  'unknown',
  'HtoD',
  'DtoH',
  'HtoA',
  'AtoH',
  'AtoA',
  'AtoD',
  'DtoA',
  'DtoD',
  'HtoH',
  'PtoP',
];
