import type { Slot } from '../engine/protocol.js';
import { filesOfDrop, filesOfList, type DroppedFiles } from './dropped-files.js';
import { element } from './element.js';

export interface DropZone {
  /** Shown over the page while something is dragged over it. */
  readonly element: HTMLElement;
  /** Asks for files with the system's dialog. */
  readonly choose: () => void;
}

/** Takes files that are dropped anywhere on the page. With a trace open, the right half means: compare with it. */
export function dropZone(
  canCompare: () => boolean,
  onFiles: (files: DroppedFiles, slot: Slot | undefined) => void,
  onProblem: (error: unknown) => void,
): DropZone {
  const open = element('div', { class: 'drop-target' }, element('strong', {}, 'Open'), ' this trace');
  const compare = element(
    'div',
    { class: 'drop-target' },
    element('strong', {}, 'Compare'),
    ' it with the open one',
  );
  const overlay = element('div', { class: 'drop-overlay', hidden: true }, open, compare);
  const input = element('input', { type: 'file', multiple: true, hidden: true, 'aria-hidden': 'true' });
  document.body.append(input);
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    input.value = ''; // the same file again is a change too
    if (files.length > 0) onFiles(filesOfList(files), undefined);
  });

  const slotAt = (event: DragEvent): Slot => (canCompare() && compare.contains(event.target as Node) ? 1 : 0);
  const hide = (): void => {
    overlay.hidden = true;
  };
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
  addEventListener('dragenter', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    compare.hidden = !canCompare();
    overlay.hidden = false;
  });
  addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'copy';
    const slot = slotAt(event);
    open.classList.toggle('hit', slot === 0);
    compare.classList.toggle('hit', slot === 1);
  });
  addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) hide();
  });
  addEventListener('drop', (event) => {
    if (!hasFiles(event) || event.dataTransfer === null) return;
    event.preventDefault();
    const slot = slotAt(event);
    hide();
    filesOfDrop(event.dataTransfer).then((files) => onFiles(files, slot), onProblem);
  });
  return { element: overlay, choose: () => input.click() };
}
