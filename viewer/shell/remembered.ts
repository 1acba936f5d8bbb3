/** What this browser remembers between visits. A page from disk may have no storage at all; it then forgets. */
export function recall(key: string): string | undefined {
  try {
    return localStorage.getItem(`gapscope.${key}`) ?? undefined;
  } catch {
    return undefined;
  }
}

/** False if it could not be kept. */
export function remember(key: string, value: string): boolean {
  try {
    localStorage.setItem(`gapscope.${key}`, value);
    return true;
  } catch {
    return false;
  }
}
