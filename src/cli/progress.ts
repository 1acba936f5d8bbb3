/** What is being done, on stderr: a spinner on a terminal, nothing otherwise or when told to be quiet. */
export async function withProgress<T>(text: string, quiet: boolean, work: () => Promise<T>): Promise<T> {
  if (quiet || !process.stderr.isTTY) return work();
  const { default: ora } = await import('ora');
  const spinner = ora({ text, stream: process.stderr, discardStdin: false }).start();
  try {
    return await work();
  } finally {
    spinner.stop();
  }
}
