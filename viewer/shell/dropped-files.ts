/** Files as they were dropped or chosen, with the folders they lay in. */
export interface DroppedFiles {
  /** What to call them: the folder's name, or the file's. */
  readonly title: string;
  readonly files: readonly File[];
  /** `rank0.trace/ops.arrows.gz`, one a file. */
  readonly paths: readonly string[];
}

/** A trace of a thousand processes has fewer; a home folder dropped by mistake has more. */
const MAX_FILES = 20_000;

/** What of a drop can be a trace. Folders are looked into. Must be called within the event: the list is gone after it. */
export async function filesOfDrop(transfer: DataTransfer): Promise<DroppedFiles> {
  const entries = [...transfer.items]
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  if (entries.length === 0) return filesOfList([...transfer.files]);
  const files: File[] = [];
  const paths: string[] = [];
  for (const entry of entries) await collect(entry, entry.name, files, paths);
  return { title: titleOf(entries.map(({ name }) => name)), files, paths };
}

/** What was chosen in the file dialog. */
export function filesOfList(files: readonly File[]): DroppedFiles {
  const paths = files.map((file) => (file.webkitRelativePath === '' ? file.name : file.webkitRelativePath));
  const [folder] = paths.map((path) => path.split('/')).filter((parts) => parts.length > 1)[0] ?? [];
  return { title: folder ?? titleOf(paths), files, paths };
}

function titleOf(names: readonly string[]): string {
  return names.length === 1 ? names[0]! : `${names.length} files`;
}

async function collect(entry: FileSystemEntry, path: string, files: File[], paths: string[]): Promise<void> {
  if (files.length >= MAX_FILES) return;
  if (entry.isFile) {
    files.push(await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail)));
    paths.push(path);
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // It gives a hundred at a time, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (some.length === 0) return;
    for (const one of some) await collect(one, `${path}/${one.name}`, files, paths);
  }
}
