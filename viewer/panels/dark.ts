/** Whether the page shows its dark theme: the switch's, or the system's. */
export function isDark(): boolean {
  const theme = document.documentElement.dataset['theme'];
  if (theme === 'dark' || theme === 'light') return theme === 'dark';
  return matchMedia('(prefers-color-scheme: dark)').matches;
}
