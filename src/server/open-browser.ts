/** Why no browser is opened here; undefined: one can be. */
export function noBrowserReason(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): 'ssh' | 'no display' | undefined {
  const isSet = (name: string): boolean => (env[name] ?? '') !== '';
  if (isSet('SSH_CONNECTION') || isSet('SSH_TTY')) return 'ssh';
  if (platform !== 'linux' || isSet('DISPLAY') || isSet('WAYLAND_DISPLAY')) return undefined;
  // Linux under Windows opens the browser of Windows.
  return isSet('WSL_DISTRO_NAME') ? undefined : 'no display';
}

/** Asks the system to open an address; false if it cannot. Does not wait for the browser. */
export async function openBrowser(url: string): Promise<boolean> {
  const { default: open } = await import('open');
  try {
    const child = await open(url);
    child.on('error', () => undefined); // the address is on the terminal all the same
    return true;
  } catch {
    return false;
  }
}
